package io.parley.features.expiry;

import io.parley.bus.Bus;
import io.parley.features.expiry.ExpiryActions.Due;
import io.parley.features.expiry.ExpiryActions.Expired;
import io.parley.server.persistence.Database;
import io.parley.support.Metrics;
import io.parley.support.Steps;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds messages whose time has come, on one of all nodes, and has them made tombstones in the lanes of their
 * conversations; then erases what is left of threads that have ended. It keeps nothing in memory: what a node that died
 * had not done, the next one finds.
 */
final class ExpirySweep {
    private static final Logger LOG = LoggerFactory.getLogger(ExpirySweep.class);
    private static final int FOUND_AT_ONCE = 10_000;

    /** Calls that are under way at the same time, one in a lane. */
    private static final int SIDE_BY_SIDE = 16;

    private static final int ERASED_AT_ONCE = 500;

    /** How long a step goes on while there is something to do: a node that is to stop waits for it. */
    private static final long STEP_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final String FIND = "SELECT tenant_id, conversation_id, numbers, waited_ms FROM due_messages($1)";
    private static final String ERASE = "SELECT erase_ended_thread($1) AS more";

    private final Bus bus;
    private final Database database;
    private final Metrics metrics;

    ExpirySweep(Bus bus, Database database, Metrics metrics) {
        this.bus = bus;
        this.database = database;
        this.metrics = metrics;
    }

    /** Goes on for some seconds, if there is something to do. */
    Future<Void> step() {
        long begunNanos = System.nanoTime();
        return Steps.repeat(() -> expire(begunNanos)).compose(done -> erase(System.nanoTime()));
    }

    /** Answers whether there may be more, and time for it. */
    private Future<Boolean> expire(long begunNanos) {
        return database.query(FIND, Tuple.of(FOUND_AT_ONCE)).compose(rows -> {
            metrics.expiryLag(rows.stream()
                    .mapToLong(row -> row.getLong("waited_ms"))
                    .max()
                    .orElse(0));
            Queue<Due> due = new ArrayDeque<>();
            rows.forEach(row -> due.addAll(pieces(row)));
            return all(due, begunNanos).map(count -> count > 0 && goesOn(begunNanos));
        });
    }

    private static boolean goesOn(long begunNanos) {
        return System.nanoTime() - begunNanos < STEP_NANOS;
    }

    private static List<Due> pieces(Row row) {
        UUID tenant = row.getUUID("tenant_id");
        UUID conversation = row.getUUID("conversation_id");
        List<Long> numbers = Arrays.asList(row.getArrayOfLongs("numbers"));
        List<Due> pieces = new ArrayList<>();
        for (int from = 0; from < numbers.size(); from += ExpireMessages.MOST) {
            int to = Math.min(numbers.size(), from + ExpireMessages.MOST);
            pieces.add(new Due(tenant, conversation, List.copyOf(numbers.subList(from, to))));
        }
        return pieces;
    }

    /** Takes one after the other from the queue, in as many places as may be busy; answers how many are gone. */
    private Future<Integer> all(Queue<Due> due, long begunNanos) {
        AtomicInteger gone = new AtomicInteger();
        return Future.all(IntStream.range(0, SIDE_BY_SIDE)
                        .mapToObj(place -> Steps.repeat(() -> next(due, begunNanos, gone)))
                        .toList())
                .map(done -> gone.get());
    }

    private Future<Boolean> next(Queue<Due> due, long begunNanos, AtomicInteger gone) {
        Due one = goesOn(begunNanos) ? due.poll() : null;
        return one == null
                ? Future.succeededFuture(false)
                : expire(one)
                        .onSuccess(expired -> gone.addAndGet(expired.count()))
                        .map(true);
    }

    /** One conversation that cannot be changed now does not hold up the others. */
    private Future<Expired> expire(Due due) {
        return bus.ask(ExpiryActions.EXPIRE, due.conversation(), due)
                .recover(failure -> {
                    LOG.warn("messages of {} disappear later: {}", due.conversation(), failure.toString());
                    return Future.succeededFuture(new Expired(0));
                })
                .onSuccess(gone -> metrics.messagesExpired(gone.count()));
    }

    private Future<Void> erase(long begunNanos) {
        return Steps.repeat(() -> database.query(ERASE, Tuple.of(ERASED_AT_ONCE))
                .map(rows -> rows.iterator().next().getBoolean("more") && goesOn(begunNanos)));
    }
}
