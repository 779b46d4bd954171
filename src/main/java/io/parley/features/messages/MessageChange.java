package io.parley.features.messages;

import io.parley.bus.Bus;
import io.parley.bus.Frame;
import io.parley.bus.PersonalFrame;
import io.parley.features.conversations.ConversationEvents;
import io.parley.server.persistence.Change;
import io.parley.server.persistence.Database;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A kind of change of one message, made by one of the functions that return a {@code message_change}. Features that
 * change messages give it their function and the event that tells of it.
 *
 * @param <C> what is asked for
 */
public final class MessageChange<C extends MessageChange.Asked> implements Change<C, MessageChange.Result> {
    private static final String RESULT_OF = "SELECT " + columns("r") + " FROM ";

    private final String name;
    private final String sql;
    private final Bus bus;
    private final Function<C, Tuple> parameters;
    private final BiFunction<C, MessageView, Buffer> event;

    /**
     * @param function the call in SQL, with places for the parameters
     * @param event the frame of what was really changed, from the message as it is now
     */
    public MessageChange(
            Bus bus,
            String name,
            String function,
            Function<C, Tuple> parameters,
            BiFunction<C, MessageView, Buffer> event) {
        this.bus = bus;
        this.name = name;
        this.sql = RESULT_OF + function + " r";
        this.parameters = parameters;
        this.event = event;
    }

    /** The columns of a {@code message_change} of which {@link #result} is made. */
    public static String columns(String change) {
        return "(%1$s).outcome, (%1$s).last_number, (%1$s).ended::text AS ended, ".formatted(change)
                + MessageRows.COLUMNS.replace("s.", "((" + change + ").message).");
    }

    /** A change that somebody asks for. */
    public interface Asked {
        UUID tenant();

        @Nullable
        UUID actor();

        UUID conversation();

        UUID message();
    }

    /**
     * What became of it; all but the outcome is given for {@code ok} only.
     *
     * @param lastNumber of the conversation's last message
     * @param ended the thread that ended with it
     */
    public record Result(
            String outcome,
            @Nullable MessageView message,
            long lastNumber,
            @Nullable EndedThread ended) {}

    /** A thread that is not there any more, with those who followed it. */
    record EndedThread(UUID conversation, long version, long lastNumber, List<Loser> users) {}

    record Loser(UUID user, long userVersion) {}

    @Override
    public String name() {
        return name;
    }

    @Override
    public int maxBatch() {
        return 1;
    }

    @Override
    public Object key(C asked) {
        return asked.message();
    }

    @Override
    public Future<List<Result>> apply(Database database, List<C> batch) {
        return database.query(sql, parameters.apply(batch.getFirst()))
                .map(rows -> List.of(result(rows.iterator().next())));
    }

    public static Result result(Row row) {
        String outcome = row.getString("outcome");
        if (!outcome.equals("ok")) {
            return new Result(outcome, null, 0, null);
        }
        String ended = row.getString("ended");
        return new Result(
                outcome,
                MessageRows.view(row),
                row.getLong("last_number"),
                ended == null ? null : Json.decode(Buffer.buffer(ended), EndedThread.class));
    }

    @Override
    public void committed(List<C> asked, List<Result> results) {
        for (int i = 0; i < asked.size(); i++) {
            publish(asked.get(i), results.get(i));
        }
    }

    private void publish(C asked, Result result) {
        MessageView message = result.message();
        if (message == null) {
            return;
        }
        bus.events()
                .publish(Frame.of(
                        message.conversation(),
                        message.version(),
                        result.lastNumber(),
                        event.apply(asked, message),
                        0));
        if (result.ended() != null) {
            publish(result.ended());
        }
    }

    private void publish(EndedThread thread) {
        List<UUID> leaving = thread.users().stream().map(Loser::user).toList();
        Buffer deleted = ConversationEvents.deleted(thread.conversation(), thread.version());
        bus.events()
                .publish(new Frame(
                        thread.conversation(), thread.version(), thread.lastNumber(), List.of(), leaving, deleted, 0));
        for (Loser loser : thread.users()) {
            Buffer lost = ConversationEvents.lost(thread.conversation(), loser.userVersion(), thread.version());
            bus.events().publish(new PersonalFrame(loser.user(), loser.userVersion(), false, lost));
        }
    }
}
