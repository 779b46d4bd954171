package io.parley.features.threads;

import io.parley.bus.Bus;
import io.parley.bus.Nothing;
import io.parley.features.threads.ThreadActions.Refresh;
import io.parley.server.persistence.Database;
import io.parley.server.persistence.JournalReader;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;

/**
 * Follows the journal and has the messages of threads in which something has happened show it: once for each thread and
 * window, however many replies that were. Whoever is mentioned in a thread follows it from then on. Idempotent: what is
 * shown is read anew each time, and a mention is seen to once.
 */
final class ThreadSummaries {
    private static final String NEXT = """
            SELECT c.id, c.tenant_id, c.root_id FROM conversations c
             WHERE c.type = 'thread' AND c.status = 'active' AND c.id > $1 ORDER BY c.id LIMIT $2""";

    private static final String MENTIONED = """
            SELECT DISTINCT m.conversation_id, m.user_id, m.tenant_id FROM mentions m
             WHERE m.conversation_id = ANY ($1) AND m.to_follow""";

    private static final String SEEN_TO =
            "UPDATE mentions SET to_follow = false WHERE conversation_id = $1 AND user_id = $2 AND to_follow";

    private static final int AT_ONCE = 100;
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
        if (threads.isEmpty()) {
            return Future.succeededFuture();
        }
        int size = Math.min(AT_ONCE, threads.size());
        List<Refresh> next = threads.subList(0, size);
        return Future.all(next.stream()
                        .map(thread -> bus.ask(ThreadActions.REFRESH, thread.root(), thread))
                        .toList())
                .compose(done -> letFollow(next))
                .compose(done -> refresh(threads.subList(size, threads.size())));
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
                .recover(ThreadSummaries::cannotRead)
                .compose(done -> database.query(SEEN_TO, Tuple.of(thread, user)));
    }

    /** Mentioned was also somebody who is no member. */
    private static Future<Nothing> cannotRead(Throwable failure) {
        return failure instanceof AppError refused && refused.code() == ErrorCode.NOT_FOUND
                ? Future.succeededFuture(Nothing.NOTHING)
                : Future.failedFuture(failure);
    }

    Future<Void> rebuild() {
        return rebuildAfter(FIRST);
    }

    private Future<Void> rebuildAfter(UUID thread) {
        return database.query(NEXT, Tuple.of(thread, AT_ONCE)).compose(rows -> {
            List<Refresh> threads = StreamSupport.stream(rows.spliterator(), false)
                    .map(ThreadSummaries::refresh)
                    .toList();
            return threads.isEmpty()
                    ? Future.succeededFuture()
                    : refresh(threads)
                            .compose(done -> rebuildAfter(threads.getLast().thread()));
        });
    }

    private static Refresh refresh(Row row) {
        return new Refresh(row.getUUID("tenant_id"), row.getUUID("root_id"), row.getUUID("id"));
    }
}
