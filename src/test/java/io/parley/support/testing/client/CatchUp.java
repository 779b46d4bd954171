package io.parley.support.testing.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.support.testing.checker.Entry;
import io.parley.support.testing.checker.History;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Asks for what a conversation lacks, a few conversations at a time: {@code changes} until there is no more, or,
 * after a reset, members and history page by page. Then looks again at the events that were held meanwhile.
 */
final class CatchUp {
    private static final int AT_ONCE = 16;
    private static final int PAGE = 100;
    private static final long RETRY_MS = 200;

    private final Link link;
    private final History history;
    private final PersonApi api;
    private final Deque<ConversationState> waiting = new ArrayDeque<>();
    private int running;

    CatchUp(Link link, History history, PersonApi api) {
        this.link = link;
        this.history = history;
        this.api = api;
    }

    /** The conversation may lack something. */
    void request(ConversationState conversation) {
        if (!conversation.catchingUp) {
            conversation.catchingUp = true;
            waiting.add(conversation);
            next();
        }
    }

    private void next() {
        while (running < AT_ONCE && !waiting.isEmpty()) {
            ConversationState conversation = waiting.remove();
            long before = conversation.position;
            running++;
            changes(conversation).onComplete(done -> {
                running--;
                conversation.catchingUp = false;
                if (done.failed()) {
                    retryLater(conversation, done.cause());
                } else if (applyHeld(conversation) && conversation.position > before) {
                    request(conversation);
                } else if (isBehind(conversation)) {
                    link.later(RETRY_MS, () -> requestAgain(conversation));
                }
                next();
            });
        }
    }

    private void requestAgain(ConversationState conversation) {
        if (isBehind(conversation) && link.isReady()) {
            request(conversation);
        }
    }

    /** A lost connection needs no retry: the next {@code ready} compares all heads. */
    private void retryLater(ConversationState conversation, Throwable cause) {
        boolean again = cause instanceof CommandFailure failure
                && failure.isPassing()
                && !failure.code().equals(CommandFailure.DISCONNECTED);
        if (again) {
            link.later(RETRY_MS, () -> requestAgain(conversation));
        }
    }

    private Future<Void> changes(ConversationState conversation) {
        if (conversation.isLost()) {
            return Future.succeededFuture();
        }
        long after = conversation.position;
        ObjectNode fields =
                Wire.object().put("conversation", conversation.id().toString()).put("after", after);
        return link.command("changes", fields)
                .map(reply -> reply.path("result"))
                .compose(result -> accept(conversation, after, result));
    }

    private Future<Void> accept(ConversationState conversation, long after, JsonNode result) {
        boolean reset = result.path("reset").asBoolean();
        history.add(new Entry.Range(
                conversation.id(),
                after,
                result.path("version").asLong(),
                reset,
                false,
                Wire.copies(result.path("messages")),
                Wire.otherVersions(result)));
        if (conversation.isLost() || conversation.position < after) {
            return Future.succeededFuture();
        }
        if (reset) {
            return readAnew(conversation, result.path("version").asLong());
        }
        conversation.applyState(result);
        return result.path("more").asBoolean() ? changes(conversation) : Future.succeededFuture();
    }

    private Future<Void> readAnew(ConversationState conversation, long version) {
        conversation.discard();
        conversation.head = version;
        return api.members(conversation.id())
                .onSuccess(members -> members.forEach(conversation::putMember))
                .compose(members -> page(conversation, 0))
                .onSuccess(read -> conversation.position = Math.max(conversation.position, version));
    }

    private Future<Void> page(ConversationState conversation, long after) {
        ObjectNode fields = Wire.object()
                .put("conversation", conversation.id().toString())
                .put("after", after)
                .put("limit", PAGE);
        return link.command("history", fields)
                .map(reply -> reply.path("result"))
                .compose(result -> {
                    history.add(new Entry.Paged(conversation.id(), Wire.copies(result.path("items"))));
                    result.path("items").forEach(conversation::putMessage);
                    JsonNode next = result.path("next");
                    return next.isTextual()
                            ? page(conversation, Long.parseLong(next.asText()))
                            : Future.succeededFuture();
                });
    }

    /**
     * Applies the held events that follow the position.
     *
     * @return whether something is still missing
     */
    boolean applyHeld(ConversationState conversation) {
        while (!conversation.held.isEmpty() && conversation.held.firstKey() <= conversation.position + 1) {
            JsonNode event = conversation.held.pollFirstEntry().getValue();
            if (event.path("version").asLong() > conversation.position) {
                conversation.apply(event);
            }
        }
        return isBehind(conversation);
    }

    private static boolean isBehind(ConversationState conversation) {
        return !conversation.isLost() && (!conversation.held.isEmpty() || conversation.position < conversation.head);
    }
}
