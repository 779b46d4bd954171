package io.parley.features.threads;

import io.parley.bus.Bus;
import io.parley.bus.Nothing;
import io.parley.features.threads.ThreadActions.Refresh;
import io.parley.server.persistence.Database;
import io.parley.server.persistence.JournalReader;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Steps;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;

/**
 * Follows the journal and has the messages of threads in which something has happened show it: once for each thread and
 * window, however many replies that were. Whoever is mentioned in a thread follows it from then on. Idempotent: what is
 * shown is read anew each time, and a mention is seen to once.
 */
final class ThreadSummaries {
    private static final String BEGIN = """
            INSERT INTO thread_rebuild (place) VALUES ($1) ON CONFLICT (one) DO UPDATE SET place = excluded.place""";

    private static final String PLACE = "SELECT place FROM thread_rebuild";

    private static final String NEXT = """
            SELECT c.id, c.tenant_id, c.root_id FROM conversations c
             WHERE c.type = 'thread' AND c.status = 'active' AND c.id > $1 ORDER BY c.id LIMIT $2""";

    private static final String ADVANCE = "UPDATE thread_rebuild SET place = $2 WHERE place = $1";
    private static final String END = "DELETE FROM thread_rebuild WHERE place = $1";

    private static final String MENTIONED = """
            SELECT DISTINCT m.conversation_id, m.user_id, m.tenant_id FROM mentions m
             WHERE m.conversation_id = ANY ($1) AND m.to_follow""";

    private static final String SEEN_TO =
            "UPDATE mentions SET to_follow = false WHERE conversation_id = $1 AND user_id = $2 AND to_follow";

    private static final int AT_ONCE = 100;

    /** How long a step of the rebuild goes on while there is something to do. */
    private static final long STEP_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final UUID FIRST = new UUID(0, 0);

    private final Bus bus;
    private final Database database;

    ThreadSummaries(Bus bus, Database database) {
        this.bus = bus;
        this.database = database;
    }

    Future<Void> apply(JournalReader.Window window) {
        Map<UUID, Refresh> changed = new LinkedHashMap<>();
        window.conversations().stream()
                .filter(JournalReader.Change::inThread)
                .forEach(change -> changed.put(change.id(), new Refresh(change.tenant(), change.root(), change.id())));
        return refresh(List.copyOf(changed.values()));
    }

    private Future<Void> refresh(List<Refresh> threads) {
        List<List<Refresh>> pieces = new ArrayList<>();
        for (int from = 0; from < threads.size(); from += AT_ONCE) {
            pieces.add(threads.subList(from, Math.min(threads.size(), from + AT_ONCE)));
        }
        Iterator<List<Refresh>> left = pieces.iterator();
        return Steps.repeat(() -> left.hasNext() ? piece(left.next()).map(true) : Future.succeededFuture(false));
    }

    private Future<Void> piece(List<Refresh> threads) {
        return Future.all(threads.stream()
                        .map(thread -> bus.ask(ThreadActions.REFRESH, thread.root(), thread))
                        .toList())
                .compose(done -> letFollow(threads));
    }

    private Future<Void> letFollow(List<Refresh> threads) {
        UUID[] ids = threads.stream().map(Refresh::thread).toArray(UUID[]::new);
        return database.query(MENTIONED, Tuple.tuple().addArrayOfUUID(ids))
                .compose(rows -> Future.all(StreamSupport.stream(rows.spliterator(), false)
                                .map(this::letFollow)
                                .toList())
                        .mapEmpty());
    }

    private Future<?> letFollow(Row mentioned) {
        UUID thread = mentioned.getUUID("conversation_id");
        UUID user = mentioned.getUUID("user_id");
        ThreadActions.Follow follow =
                new ThreadActions.Follow(mentioned.getUUID("tenant_id"), user, thread, List.of(user), false);
        return bus.ask(ThreadActions.FOLLOW, thread, follow)
                .recover(ThreadSummaries::cannotFollow)
                .compose(done -> database.query(SEEN_TO, Tuple.of(thread, user)));
    }

    /** Mentioned was also somebody who is no member, or who follows as many threads as one may. */
    private static Future<Nothing> cannotFollow(Throwable failure) {
        return failure instanceof AppError refused
                        && (refused.code() == ErrorCode.NOT_FOUND || refused.code() == ErrorCode.CONFLICT)
                ? Future.succeededFuture(Nothing.NOTHING)
                : Future.failedFuture(failure);
    }

    /** Asks for those of all threads to be made anew, from the first one; the steps do it, while what is new is followed. */
    Future<Void> rebuild() {
        return database.query(BEGIN, Tuple.of(FIRST)).mapEmpty();
    }

    /** Goes on for some seconds, from where the last step came to on whichever node, if there is something to do. */
    Future<Void> step() {
        long until = System.nanoTime() + STEP_NANOS;
        return Steps.repeat(() -> next().map(more -> more && System.nanoTime() - until < 0));
    }

    /** Whether there is more. */
    private Future<Boolean> next() {
        return database.query(PLACE, Tuple.tuple())
                .compose(rows -> rows.size() == 0
                        ? Future.succeededFuture(false)
                        : after(rows.iterator().next().getUUID("place")).map(true));
    }

    private Future<Void> after(UUID place) {
        return database.query(NEXT, Tuple.of(place, AT_ONCE)).compose(rows -> {
            List<Refresh> threads = StreamSupport.stream(rows.spliterator(), false)
                    .map(ThreadSummaries::refresh)
                    .toList();
            return threads.isEmpty()
                    ? database.query(END, Tuple.of(place)).mapEmpty()
                    : piece(threads)
                            .compose(done -> database.query(
                                    ADVANCE, Tuple.of(place, threads.getLast().thread())))
                            .mapEmpty();
        });
    }

    private static Refresh refresh(Row row) {
        return new Refresh(row.getUUID("tenant_id"), row.getUUID("root_id"), row.getUUID("id"));
    }
}
