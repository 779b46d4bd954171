package io.parley.features.messages;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import io.parley.server.persistence.PgConnections;
import io.parley.support.testing.StorageSession;
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
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Measures {@code append_messages} on a PostgreSQL that keeps its promises (fsync and synchronous_commit on), as a
 * batcher uses it: each connection sends one batch after the other.
 *
 * <p>Arguments, all optional: number of connections, messages a batch, rooms, seconds, whether the connections have
 * {@code disjoint} or {@code shared} rooms, JDBC URL of an empty database to use instead of a server of its own.
 */
public final class AppendBenchmark {

    private static final int MEMBERS = 10;
    private static final int WARM_UP_SECONDS = 3;
    private static final String APPEND = "SELECT * FROM append_messages($1, $2, $3, $4, $5, $6, $7, NULL)";

    private final PreparedQuery<RowSet<Row>> append;
    private final List<Room> rooms;
    private final int batch;
    private final NoArgGenerator ids = Generators.timeBasedEpochGenerator();
    private final Random random = new Random(1);
    private final Histogram micros = new Histogram(3);
    private long stored;
    private int next;

    /** A room and its own ten members. */
    private record Room(UUID id, List<UUID> members) {}

    private record Message(UUID room, UUID sender, UUID id, String content, Buffer fingerprint) {}

    private AppendBenchmark(PreparedStatement append, List<Room> rooms, int batch) {
        this.append = append.query();
        this.rooms = rooms;
        this.batch = batch;
    }

    public static void main(String[] args) throws Exception {
        int connections = args.length > 0 ? Integer.parseInt(args[0]) : 1;
        int batch = args.length > 1 ? Integer.parseInt(args[1]) : 100;
        int rooms = args.length > 2 ? Integer.parseInt(args[2]) : 100;
        int seconds = args.length > 3 ? Integer.parseInt(args[3]) : 10;
        String sharing = args.length > 4 ? args[4] : "disjoint";
        if (args.length > 5) {
            measure(args[5], connections, batch, rooms, seconds, sharing);
            return;
        }
        try (TestServers servers = TestServers.start()) {
            measure(servers.url(servers.postgres().database()), connections, batch, rooms, seconds, sharing);
        }
    }

    private static void measure(String url, int connections, int batch, int rooms, int seconds, String sharing)
            throws Exception {
        List<Room> furnished = furnish(TestDatabase.migrated(url), rooms);
        Vertx vertx = Vertx.vertx();
        PgConnectOptions options =
                PgConnectOptions.fromUri(url.substring("jdbc:".length())).addProperty("search_path", "parley");
        PgConnections.PLANNING.forEach(options::addProperty);
        List<Future<AppendBenchmark>> runs = new ArrayList<>();
        boolean shared = !sharing.equals("disjoint");
        long start = System.nanoTime() + TimeUnit.SECONDS.toNanos(WARM_UP_SECONDS);
        for (int i = 0; i < connections; i++) {
            int size = shared ? rooms : rooms / connections;
            List<Room> own = furnished.subList(shared ? 0 : i * size, shared ? size : (i + 1) * size);
            runs.add(PgConnection.connect(vertx, options)
                    .compose(connection -> connection.prepare(APPEND))
                    .map(statement -> new AppendBenchmark(statement, own, batch))
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
                "connections %d, batches of %d, %d rooms %s: %,d messages/s;"
                        + " a call p50 %.2f p95 %.2f p99 %.2f max %.1f ms%n",
                connections,
                batch,
                rooms,
                sharing,
                stored / seconds,
                micros.getValueAtPercentile(50) / 1e3,
                micros.getValueAtPercentile(95) / 1e3,
                micros.getValueAtPercentile(99) / 1e3,
                micros.getMaxValue() / 1e3);
        vertx.close().toCompletionStage().toCompletableFuture().get();
    }

    private static List<Room> furnish(TestDatabase database, int rooms) throws SQLException {
        List<Room> furnished = new ArrayList<>();
        try (StorageSession session = new StorageSession(database)) {
            for (int i = 0; i < rooms; i++) {
                List<UUID> members = session.people(MEMBERS);
                furnished.add(new Room(session.group(members), members));
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
        Tuple parameters = parameters(messages());
        long sent = System.nanoTime();
        if (sent >= end) {
            done.complete(this);
            return;
        }
        append.execute(parameters).onFailure(done::fail).onSuccess(rows -> {
            for (Row row : rows) {
                if (!row.getString("outcome").equals("ok")) {
                    done.tryFail(row.deepToString());
                }
            }
            if (sent >= start) {
                micros.recordValue((System.nanoTime() - sent) / 1_000);
                stored += rows.size();
            }
            call(start, end, done);
        });
    }

    /** As many messages of each room as of every other, of random members; 300 bytes each. */
    private List<Message> messages() {
        List<Message> messages = new ArrayList<>(batch);
        byte[] letters = new byte[288];
        for (int i = 0; i < batch; i++) {
            Room room = rooms.get(next++ % rooms.size());
            for (int j = 0; j < letters.length; j++) {
                letters[j] = (byte) ('a' + random.nextInt(26));
            }
            byte[] fingerprint = new byte[32];
            random.nextBytes(fingerprint);
            messages.add(new Message(
                    room.id,
                    room.members.get(random.nextInt(MEMBERS)),
                    ids.generate(),
                    "{\"text\":\"" + new String(letters, StandardCharsets.US_ASCII) + "\"}",
                    Buffer.buffer(fingerprint)));
        }
        return messages;
    }

    private static Tuple parameters(List<Message> messages) {
        UUID[] rooms = messages.stream().map(Message::room).toArray(UUID[]::new);
        return Tuple.tuple()
                .addArrayOfUUID(
                        messages.stream().map(message -> TestDatabase.TENANT).toArray(UUID[]::new))
                .addArrayOfUUID(rooms)
                .addArrayOfUUID(messages.stream().map(Message::sender).toArray(UUID[]::new))
                .addArrayOfUUID(messages.stream().map(Message::id).toArray(UUID[]::new))
                .addArrayOfString(messages.stream().map(message -> "text").toArray(String[]::new))
                .addArrayOfString(messages.stream().map(Message::content).toArray(String[]::new))
                .addArrayOfBuffer(messages.stream().map(Message::fingerprint).toArray(Buffer[]::new));
    }
}
