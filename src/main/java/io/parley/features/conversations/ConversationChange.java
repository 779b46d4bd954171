package io.parley.features.conversations;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.bus.Bus;
import io.parley.features.conversations.ConversationActions.Changing;
import io.parley.features.messages.MessageRows;
import io.parley.features.messages.MessageView;
import io.parley.server.persistence.Change;
import io.parley.server.persistence.Database;
import io.parley.server.persistence.Lane;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A kind of change of members or settings, made by one of the functions that return a {@code conversation_change}.
 * Each takes a version, and most a second one for the system message that tells of it. The function says which event
 * tells of it, and that is published. Features that change conversations give it their function.
 *
 * @param <C> what is asked for
 */
public final class ConversationChange<C extends Changing>
        implements Change<ConversationChange.Asked<C>, ConversationChange.Result> {
    private static final String RESULT_OF = """
            SELECT outcome, event, version, changed_at, members::text AS members, changed::text AS changed, last_number,
                   message_number, message_version, message_content
              FROM \
            """;

    private final String name;
    private final String event;
    private final String sql;
    private final Function<Asked<C>, Tuple> parameters;
    private final ConversationPublisher publisher;

    /** @param function the call in SQL, with places for the parameters */
    public ConversationChange(Bus bus, String name, String function, Function<Asked<C>, Tuple> parameters) {
        this(bus, name, "", function, parameters);
    }

    /** @param event the type of the event that tells of it, where the function says none */
    public ConversationChange(
            Bus bus, String name, String event, String function, Function<Asked<C>, Tuple> parameters) {
        this.name = name;
        this.event = event;
        this.sql = RESULT_OF + function;
        this.parameters = parameters;
        this.publisher = new ConversationPublisher(bus);
    }

    /** @param messageId of the system message; by it a call made again is known */
    public record Asked<C extends Changing>(C change, UUID messageId) {
        /** With these every function begins: tenant, conversation, actor. */
        public Tuple common() {
            return Tuple.of(change.tenant(), change.conversation(), change.actor());
        }
    }

    /**
     * What became of it; all but the outcome is given for {@code ok} only.
     *
     * @param event the type of the event that tells of it
     * @param lastNumber of the last message before it
     * @param changed the settings that are different now
     * @param message the system message with the next version; null where there is none
     */
    public record Result(
            String outcome,
            String event,
            long version,
            long lastNumber,
            List<Member> members,
            @Nullable JsonNode changed,
            @Nullable MessageView message) {
        static Result refused(String outcome) {
            return new Result(outcome, "", 0, 0, List.of(), null, null);
        }
    }

    /**
     * Somebody whose membership was changed.
     *
     * @param userVersion the version of his own that it took
     * @param view as it is now, unless it has ended
     */
    public record Member(
            UUID user, @Nullable Long userVersion, @Nullable MemberView view) {}

    /**
     * What was asked for is so now.
     *
     * @param now it was not before
     */
    public record Done(UUID messageId, boolean now) {}

    /** Submits the change, with a new id for its message; fails with the refusal. */
    public Future<Done> submit(Lane lane, C change) {
        Asked<C> asked = new Asked<>(change, Ids.next());
        return lane.submit(this, asked).map(result -> {
            ConversationRules.requireDone(result.outcome());
            return new Done(asked.messageId(), !result.outcome().equals("unchanged"));
        });
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

    private Result result(Asked<?> asked, Row row) {
        String outcome = row.getString("outcome");
        if (!outcome.equals("ok")) {
            return Result.refused(outcome);
        }
        String members = row.getString("members");
        String changed = row.getString("changed");
        return new Result(
                outcome,
                Objects.requireNonNullElse(row.getString("event"), event),
                row.getLong("version"),
                row.getLong("last_number"),
                members == null ? List.of() : List.of(Json.decode(Buffer.buffer(members), Member[].class)),
                changed == null ? null : Json.parse(changed.getBytes(StandardCharsets.UTF_8)),
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
                publisher.changed(asked.get(i).change(), results.get(i));
            }
        }
    }
}
