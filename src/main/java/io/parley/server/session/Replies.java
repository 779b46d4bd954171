package io.parley.server.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.parley.support.AppError;
import io.parley.support.Json;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The frames that answer commands, and those that a session says on its own. */
final class Replies {
    /** As the interface says of CommandId. */
    private static final int MAX_ID_CHARS = 128;

    private Replies() {}

    private record Ok(String type, String id, Object result) {}

    private record Failure(String type, @Nullable String id, ErrorBody error) {}

    private record ErrorBody(
            String code,
            String detail,
            @Nullable List<AppError.FieldError> errors,
            @Nullable Long retryAfterMs) {}

    record ChangedEntry(
            String conversation,
            @Nullable Boolean removed,
            @Nullable Long lastNumber,
            @Nullable Long lastVersion,
            @Nullable Long readNumber,
            @Nullable JsonNode settings) {
        static ChangedEntry of(HubActions.Head head) {
            return new ChangedEntry(
                    head.conversation().toString(),
                    null,
                    head.lastNumber(),
                    head.lastVersion(),
                    head.readNumber(),
                    head.settings());
        }

        static ChangedEntry removed(HubActions.Lost lost) {
            return new ChangedEntry(lost.conversation().toString(), true, null, lost.version(), null, null);
        }
    }

    /** @param id null when nobody has said hello, because there is no way to say it */
    record Ready(
            String type,
            @Nullable String id,
            String session,
            String user,
            int protocol,
            String epoch,
            long heartbeatMs,
            Limits limits,
            String cursor,
            long userVersion,
            List<ChangedEntry> changed,
            boolean complete,
            @Nullable List<String> lists) {}

    record Limits(int frameBytes, int textBytes, int pendingCommands, int commandsPerSecond, int outboundBytes) {}

    private record Changed(String type, List<ChangedEntry> changed, boolean complete, String cursor) {}

    private record Pong(String type, String id, String cursor, long userVersion, List<ChangedEntry> changed) {}

    private record Changes(String type, String conversation, long after, ChangesResult result) {}

    private record ChangesResult(
            String epoch, long version, List<Object> messages, List<Object> members, boolean more, boolean reset) {}

    private record GoAway(String type, long retryAfterMs, String reason) {}

    private record Closed(String type, int code, String reason) {}

    static TextFrame ok(String id, Object result) {
        return frame(new Ok("ok", id, result));
    }

    static TextFrame error(@Nullable String id, AppError error) {
        return frame(new Failure(
                "error",
                id,
                new ErrorBody(
                        error.code().word(),
                        error.detail(),
                        error.errors().isEmpty() ? null : error.errors(),
                        error.retryAfterMs())));
    }

    static TextFrame changed(List<ChangedEntry> entries, boolean complete, String cursor) {
        return frame(new Changed("changed", entries, complete, cursor));
    }

    static TextFrame pong(String id, String cursor, long userVersion, List<ChangedEntry> entries) {
        return frame(new Pong("pong", id, cursor, userVersion, entries));
    }

    /**
     * A {@code changes} frame that has nothing in it and begins where it ends: who is behind that has missed something,
     * and asks for it.
     */
    static TextFrame missed(UUID conversation, long version, UUID epoch) {
        return frame(new Changes(
                "changes",
                conversation.toString(),
                version,
                new ChangesResult(epoch.toString(), version, List.of(), List.of(), false, false)));
    }

    static TextFrame goAway(long retryAfterMs) {
        return frame(new GoAway("goaway", retryAfterMs, "this node is going; reconnect and resume"));
    }

    /** In place of a WebSocket's close frame. */
    static TextFrame closed(CloseCode code) {
        return frame(new Closed("closed", code.number(), code.reason()));
    }

    static TextFrame frame(Record value) {
        return TextFrame.of(Json.encode(value));
    }

    /** The id of a command, for the reply; null when it has none that can be echoed. */
    static @Nullable String idOf(ObjectNode command) {
        return command.get("id") instanceof TextNode id
                        && !id.textValue().isEmpty()
                        && id.textValue().length() <= MAX_ID_CHARS
                ? id.textValue()
                : null;
    }
}
