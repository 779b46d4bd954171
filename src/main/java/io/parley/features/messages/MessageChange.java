package io.parley.features.messages;

import io.parley.bus.Bus;
import io.parley.bus.Frame;
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

    /** Of the columns of the system message. */
    private static final String NOTICE = "notice_";

    private final String name;
    private final String sql;
    private final MessageChangePublisher publisher;
    private final BiFunction<Database, C, Future<Tuple>> parameters;
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
        this(bus, name, function, (database, asked) -> Future.succeededFuture(parameters.apply(asked)), event);
    }

    /** @param parameters that must be looked up first, in the change's own turn */
    MessageChange(
            Bus bus,
            String name,
            String function,
            BiFunction<Database, C, Future<Tuple>> parameters,
            BiFunction<C, MessageView, Buffer> event) {
        this.publisher = new MessageChangePublisher(bus);
        this.name = name;
        this.sql = RESULT_OF + function + " r";
        this.parameters = parameters;
        this.event = event;
    }

    /** The columns of a {@code message_change} of which {@link #result} is made. */
    public static String columns(String change) {
        return "(%1$s).outcome, (%1$s).last_number, (%1$s).oldest, (%1$s).ended::text AS ended, ".formatted(change)
                + MessageRows.COLUMNS.replace("s.", "((" + change + ").message).") + ", "
                + MessageRows.columns("((" + change + ").notice)", NOTICE);
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
     * @param oldest as of {@link Frame}
     * @param ended the thread that ended with it
     * @param notice the system message that tells of it, with the next version
     */
    public record Result(
            String outcome,
            @Nullable MessageView message,
            long lastNumber,
            long oldest,
            @Nullable EndedThread ended,
            @Nullable MessageView notice) {}

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
        return parameters
                .apply(database, batch.getFirst())
                .compose(found -> database.query(sql, found))
                .map(rows -> List.of(result(rows.iterator().next())));
    }

    public static Result result(Row row) {
        String outcome = row.getString("outcome");
        if (!outcome.equals("ok")) {
            return new Result(outcome, null, 0, 0, null, null);
        }
        String ended = row.getString("ended");
        return new Result(
                outcome,
                MessageRows.view(row),
                row.getLong("last_number"),
                row.getLong("oldest"),
                ended == null ? null : Json.decode(Buffer.buffer(ended), EndedThread.class),
                row.getUUID(NOTICE + "id") == null ? null : MessageRows.view(row, NOTICE));
    }

    @Override
    public void committed(List<C> asked, List<Result> results) {
        for (int i = 0; i < asked.size(); i++) {
            MessageView message = results.get(i).message();
            if (message != null) {
                publisher.publish(results.get(i), message, event.apply(asked.get(i), message));
            }
        }
    }
}
