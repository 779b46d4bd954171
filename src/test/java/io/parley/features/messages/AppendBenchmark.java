package io.parley.features.messages;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import io.parley.support.testing.TestDatabase;
import io.parley.support.testing.TestServers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.PreparedStatement;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * Measures {@code append_messages} on a PostgreSQL that keeps its promises (fsync and synchronous_commit on).
 *
 * <p>Each connection sends one batch after the other, as a batcher does. Arguments, all optional: number of
 * connections, messages per batch, rooms, seconds, {@code disjoint} or {@code shared} rooms, {@code uniform} (each
 * batch has as many messages of every room) or {@code random}, JDBC URL of an empty database to use instead of a
 * server of its own.
 */
public final class AppendBenchmark {

    private static final int MEMBERS = 10;
    private static final int WARM_UP_SECONDS = 3;
    private static final String APPEND = "SELECT * FROM append_messages($1, $2, $3, $4, $5, $6, $7, $8)";

    private final PreparedQuery<RowSet<Row>> append;
    private final List<Room> rooms;
    private final int batch;
    private final boolean uniform;
    private final NoArgGenerator ids = Generators.timeBasedEpochGenerator();
    private final Random random = new Random(1);
    private final Histogram micros = new Histogram(3);
    private long stored;
    private int next;

    private AppendBenchmark(PreparedStatement append, List<Room> rooms, int batch, boolean uniform) {
        this.append = append.query();
        this.rooms = rooms;
        this.batch = batch;
        this.uniform = uniform;
    }

    public static void main(String[] args) throws Exception {
        int connections = args.length > 0 ? Integer.parseInt(args[0]) : 1;
        int batch = args.length > 1 ? Integer.parseInt(args[1]) : 100;
        int rooms = args.length > 2 ? Integer.parseInt(args[2]) : 100;
        int seconds = args.length > 3 ? Integer.parseInt(args[3]) : 10;
        boolean shared = args.length > 4 && args[4].equals("shared");
        boolean uniform = args.length <= 5 || args[5].equals("uniform");
        if (args.length > 6) {
            measure(args[6], connections, batch, rooms, seconds, shared, uniform);
            return;
        }
        try (TestServers servers = TestServers.start()) {
            measure(servers.url(servers.postgres().database()), connections, batch, rooms, seconds, shared, uniform);
        }
    }

    private static void measure(
            String url, int connections, int batch, int rooms, int seconds, boolean shared, boolean uniform)
            throws Exception {
        TestDatabase database = TestDatabase.migrated(url);
        List<Room> furnished = furnish(database, rooms);
        Vertx vertx = Vertx.vertx();
        PgConnectOptions options =
                PgConnectOptions.fromUri(url.substring("jdbc:".length())).addProperty("search_path", "parley");
        List<Future<AppendBenchmark>> runs = new ArrayList<>();
        long start = System.nanoTime() + TimeUnit.SECONDS.toNanos(WARM_UP_SECONDS);
        for (int i = 0; i < connections; i++) {
            int size = shared ? rooms : rooms / connections;
            List<Room> own = furnished.subList(shared ? 0 : i * size, shared ? size : (i + 1) * size);
            runs.add(PgConnection.connect(vertx, options)
                    .compose(connection -> connection.prepare(APPEND))
                    .map(statement -> new AppendBenchmark(statement, own, batch, uniform))
                    .compose(run -> run.loop(start, start + TimeUnit.SECONDS.toNanos(seconds))));
        }
        Future.all(runs).toCompletionStage().toCompletableFuture().get();
        Histogram micros = new Histogram(3);
        long stored = 0;
        for (Future<AppendBenchmark> run : runs) {
            micros.add(run.result().micros);
            stored += run.result().stored;
        }
        System.out.printf(
                "connections %d batch %d rooms %d %s %s: %,d messages/s, a call p50 %.2f p95 %.2f p99 %.2f max %.1f ms%n",
                connections,
                batch,
                rooms,
                shared ? "shared" : "disjoint",
                uniform ? "uniform" : "random",
                stored / seconds,
                micros.getValueAtPercentile(50) / 1e3,
                micros.getValueAtPercentile(95) / 1e3,
                micros.getValueAtPercentile(99) / 1e3,
                micros.getMaxValue() / 1e3);
        vertx.close().toCompletionStage().toCompletableFuture().get();
    }

    /** A room and its own ten members. */
    private record Room(UUID id, List<UUID> members) {}

    private static List<Room> furnish(TestDatabase database, int rooms) throws SQLException {
        List<Room> furnished = new ArrayList<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < rooms; i++) {
                Room room = new Room(
                        UUID.randomUUID(),
                        Stream.generate(UUID::randomUUID).limit(MEMBERS).toList());
                for (UUID member : room.members) {
                    statement.execute(
                            ("INSERT INTO users (tenant_id, id, username, username_folded, display_name, search)"
                                            + " VALUES ('%s', '%s', '%2$s', '%2$s', 'P', 'p')")
                                    .formatted(TestDatabase.TENANT, member));
                }
                String members = room.members.stream().map("\"%s\""::formatted).collect(Collectors.joining(","));
                statement.execute(
                        "SELECT create_conversations('[{\"tenant\":\"%s\",\"id\":\"%s\",\"type\":\"group\",\"members\":[%s]}]')"
                                .formatted(TestDatabase.TENANT, room.id, members));
                furnished.add(room);
            }
        }
        return furnished;
    }

    private Future<AppendBenchmark> loop(long start, long end) {
        Promise<AppendBenchmark> done = Promise.promise();
        call(start, end, done);
        return done.future();
    }

    private void call(long start, long end, Promise<AppendBenchmark> done) {
        Tuple batch = batch();
        long sent = System.nanoTime();
        if (sent >= end) {
            done.complete(this);
            return;
        }
        append.execute(batch).onFailure(done::fail).onSuccess(rows -> {
            long now = System.nanoTime();
            for (Row row : rows) {
                if (!"ok".equals(row.getString(1))) {
                    done.tryFail(row.deepToString());
                }
            }
            if (sent >= start) {
                micros.recordValue((now - sent) / 1_000);
                stored += rows.size();
            }
            call(start, end, done);
        });
    }

    private Tuple batch() {
        UUID[] tenants = new UUID[batch];
        UUID[] conversations = new UUID[batch];
        UUID[] senders = new UUID[batch];
        UUID[] messages = new UUID[batch];
        String[] types = new String[batch];
        String[] contents = new String[batch];
        Buffer[] fingerprints = new Buffer[batch];
        byte[] letters = new byte[280];
        for (int i = 0; i < batch; i++) {
            Room room = rooms.get(uniform ? next++ % rooms.size() : random.nextInt(rooms.size()));
            for (int j = 0; j < letters.length; j++) {
                letters[j] = (byte) ('a' + random.nextInt(26));
            }
            byte[] fingerprint = new byte[32];
            random.nextBytes(fingerprint);
            tenants[i] = TestDatabase.TENANT;
            conversations[i] = room.id;
            senders[i] = room.members.get(random.nextInt(MEMBERS));
            messages[i] = ids.generate();
            types[i] = "text";
            contents[i] = "{\"text\":\"" + new String(letters, StandardCharsets.US_ASCII) + "\"}";
            fingerprints[i] = Buffer.buffer(fingerprint);
        }
        return Tuple.tuple()
                .addArrayOfUUID(tenants)
                .addArrayOfUUID(conversations)
                .addArrayOfUUID(conversations)
                .addArrayOfUUID(senders)
                .addArrayOfUUID(messages)
                .addArrayOfString(types)
                .addArrayOfString(contents)
                .addArrayOfBuffer(fingerprints);
    }
}
