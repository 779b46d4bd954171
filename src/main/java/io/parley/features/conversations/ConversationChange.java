package io.parley.features.conversations;

import io.parley.features.conversations.ConversationActions.Changing;
import io.parley.features.messages.MessageRows;
import io.parley.features.messages.MessageView;
import io.parley.server.persistence.Change;
import io.parley.server.persistence.Database;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A kind of change of members or settings, made by one of the functions that return a {@code conversation_change}.
 * Each takes a version, and most a second one for the system message that tells of it.
 *
 * @param <C> what is asked for
 */
public final class ConversationChange<C extends Changing>
        implements Change<ConversationChange.Asked<C>, ConversationChange.Result> {
    private static final String RESULT_OF = """
            SELECT outcome, version, changed_at, members::text AS members, last_number, message_number, message_version,
                   message_content
              FROM \
            """;

    private final String name;
    private final String sql;
    private final Function<Asked<C>, Tuple> parameters;
    private final BiConsumer<C, Result> publish;

    /**
     * @param function the call in SQL, with places for the parameters
     * @param publish called with what was really changed
     */
    public ConversationChange(
            String name, String function, Function<Asked<C>, Tuple> parameters, BiConsumer<C, Result> publish) {
        this.name = name;
        this.sql = RESULT_OF + function;
        this.parameters = parameters;
        this.publish = publish;
    }

    /** @param messageId of the system message; by it a call made again is known */
    public record Asked<C extends Changing>(C change, UUID messageId) {}

    /**
     * What became of it; all but the outcome is given for {@code ok} only.
     *
     * @param lastNumber of the last message before it
     * @param message the system message with the next version; null where there is none
     */
    public record Result(
            String outcome,
            long version,
            long lastNumber,
            List<Member> members,
            @Nullable MessageView message) {}

    /** A membership that was changed; what does not change with it is null. */
    public record Member(
            UUID user,
            @Nullable String role,
            @Nullable Instant joinedAt,
            @Nullable Long fromNumber,
            @Nullable Long userVersion) {
        MemberView view(long version) {
            return new MemberView(user, role, true, version, joinedAt, fromNumber);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int maxBatch() {
        return 1;
    }

    @Override
    public Object key(Asked<C> asked) {
        return asked.messageId();
    }

    @Override
    public Future<List<Result>> apply(Database database, List<Asked<C>> batch) {
        Asked<C> asked = batch.getFirst();
        return database.query(sql, parameters.apply(asked))
                .map(rows -> List.of(result(asked, rows.iterator().next())));
    }

    private static Result result(Asked<?> asked, Row row) {
        String outcome = row.getString("outcome");
        if (!outcome.equals("ok")) {
            return new Result(outcome, 0, 0, List.of(), null);
        }
        String members = row.getString("members");
        return new Result(
                outcome,
                row.getLong("version"),
                row.getLong("last_number"),
                members == null ? List.of() : List.of(Json.decode(Buffer.buffer(members), Member[].class)),
                row.getLong("message_number") == null ? null : message(asked, row));
    }

    private static MessageView message(Asked<?> asked, Row row) {
        return MessageRows.system(
                asked.messageId(),
                asked.change().conversation(),
                row.getLong("message_number"),
                row.getLong("message_version"),
                asked.change().actor(),
                row.getString("message_content"),
                row.getOffsetDateTime("changed_at").toInstant());
    }

    @Override
    public void committed(List<Asked<C>> asked, List<Result> results) {
        for (int i = 0; i < asked.size(); i++) {
            if (results.get(i).outcome().equals("ok")) {
                publish.accept(asked.get(i).change(), results.get(i));
            }
        }
    }
}
