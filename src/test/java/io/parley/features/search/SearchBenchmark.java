package io.parley.features.search;

import static java.util.concurrent.TimeUnit.SECONDS;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.management.OperatingSystemMXBean;
import io.parley.features.search.SearchActions.FindMessages;
import io.parley.features.search.SearchActions.FoundMessages;
import io.parley.features.search.SearchActions.Sort;
import io.parley.server.embedded.PostgresEndpoint;
import io.parley.server.persistence.Database;
import io.parley.server.persistence.Migrations;
import io.parley.server.persistence.PgConnections;
import io.parley.support.Config;
import io.parley.support.testing.DatabaseConfig;
import io.parley.support.testing.TestDatabase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import org.HdrHistogram.Histogram;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Fills a database with messages and their index, and measures searches in it and how fast messages are indexed: wall time
 * and, because that depends on what else the machine does, processor time of the database's backend. All that is by
 * chance has a seed.
 *
 * <p>Of the messages a tenth lies in one conversation, six tenths in five hundred, the rest in twenty thousand. Their words
 * follow Zipf's law over a hundred thousand, twelve a message on average.
 *
 * <p>Arguments: host, port and user of a PostgreSQL on this machine that asks for no password, an empty database, how many
 * messages, {@code filled} if they are there already.
 */
public final class SearchBenchmark {
    private static final int VOCABULARY = 100_000;
    private static final int MIDDLE = 500;
    private static final int SMALL = 20_000;
    private static final int QUERIES = 25;
    private static final int TICKS_A_SECOND = 100;
    private static final String FIRST_TIME = "2025-01-01T00:00:00Z";

    private final String[] words = words();
    private final Random random = new Random(42);
    private final UUID many = id(900_001);
    private final UUID few = id(900_002);
    private final UUID big = id(900_003);

    private SearchBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        PostgresEndpoint server =
                new PostgresEndpoint(arguments[0], Integer.parseInt(arguments[1]), arguments[3], arguments[2], "");
        Config config = DatabaseConfig.of(server, Map.of());
        SearchBenchmark benchmark = new SearchBenchmark();
        String url = "jdbc:postgresql://" + arguments[0] + ":" + arguments[1] + "/" + arguments[3] + "?user="
                + arguments[2] + "&currentSchema=parley";
        int messages = Integer.parseInt(arguments[4]);
        if (arguments.length < 6) {
            Migrations.run(config.postgres());
            try (Connection connection = DriverManager.getConnection(url)) {
                benchmark.fill(connection, messages);
            }
        }
        try (Connection connection = DriverManager.getConnection(url)) {
            benchmark.measure(config, connection, messages);
        }
    }

    /** A word for each number, the common ones short. */
    private static String[] words() {
        Random random = new Random(7);
        String[] made = new String[VOCABULARY];
        for (int i = 0; i < VOCABULARY; i++) {
            StringBuilder word = new StringBuilder();
            for (int syllable = 0; syllable < 1 + Math.log(i + 2) / 3; syllable++) {
                word.append("bcdfghklmnprstvz".charAt((int) (Math.pow(random.nextDouble(), 1.5) * 16)))
                        .append("aeiou".charAt(random.nextInt(5)));
                if (random.nextInt(3) == 0) {
                    word.append("nrstlm".charAt(random.nextInt(6)));
                }
            }
            made[i] = word.toString();
        }
        return made;
    }

    private static UUID id(long number) {
        return new UUID(0x019aa1f000007000L, 0x8000000000000000L | number * 0x9E3779B1L);
    }

    private String word(double from, double to) {
        double rank = Math.exp(Math.log(from) + random.nextDouble() * (Math.log(to) - Math.log(from)));
        return words[Math.min(VOCABULARY - 1, (int) rank)];
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void fill(Connection connection, int messages) throws SQLException {
        run(connection, "DROP INDEX search_documents_words; DROP INDEX messages_version; DROP INDEX messages_id");
        int portion = 20_000;
        int[] numbers = new int[1 + MIDDLE + SMALL];
        for (int from = 0; from < messages; from += portion) {
            StringBuilder rows = new StringBuilder();
            StringBuilder documents = new StringBuilder();
            for (int i = from; i < Math.min(messages, from + portion); i++) {
                message(i, numbers, rows, documents);
            }
            copy(
                    connection,
                    "messages (tenant_id, root_id, conversation_id, number, version, id, sender_id, type, content,"
                            + " counted, counts, created_at)",
                    rows);
            copy(
                    connection,
                    "search_documents (tenant_id, root_id, conversation_id, number, version, created_at, generation,"
                            + " words)",
                    documents);
        }
        people(connection, numbers);
        long begun = System.nanoTime();
        run(connection, "SET maintenance_work_mem = '1GB'");
        run(
                connection,
                "CREATE INDEX search_documents_words ON search_documents USING gin (words)"
                        + " WITH (fastupdate = on, gin_pending_list_limit = 128)");
        System.out.printf(Locale.ROOT, "index of words made in %d s%n", (System.nanoTime() - begun) / 1_000_000_000);
        run(connection, "VACUUM ANALYZE search_documents");
        run(connection, "ANALYZE");
    }

    private static void copy(Connection connection, String into, StringBuilder rows) throws SQLException {
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY " + into + " FROM STDIN");
        byte[] bytes = rows.toString().getBytes(StandardCharsets.UTF_8);
        copy.writeToCopy(bytes, 0, bytes.length);
        copy.endCopy();
    }

    private void message(int i, int[] numbers, StringBuilder rows, StringBuilder documents) {
        int kind = random.nextInt(10);
        int conversation = kind == 0 ? 0 : kind < 7 ? 1 + random.nextInt(MIDDLE) : 1 + MIDDLE + random.nextInt(SMALL);
        int number = ++numbers[conversation];
        List<String> said = new ArrayList<>();
        for (int w = 4 + random.nextInt(17); w > 0; w--) {
            said.add(word(1, VOCABULARY));
        }
        String text = String.join(" ", said);
        UUID root = id(conversation);
        UUID sender = id(800_000 + random.nextInt(1_000));
        String time = Instant.parse(FIRST_TIME).plusSeconds(i).toString();
        rows.append(String.join(
                        "\t",
                        TestDatabase.TENANT.toString(),
                        root.toString(),
                        root.toString(),
                        Integer.toString(number),
                        Integer.toString(number + 1),
                        new UUID(i, 0x8000000000000000L | i).toString(),
                        sender.toString(),
                        "text",
                        "{\"text\":\"" + text + "\"}",
                        Integer.toString(number),
                        "t",
                        time))
                .append('\n');
        String vector = Vectors.ofMessage(
                Scope.ofBlock(root, number / Scope.BLOCK),
                "text",
                sender,
                JsonNodeFactory.instance.objectNode().put("text", text),
                false);
        documents
                .append(String.join(
                        "\t",
                        TestDatabase.TENANT.toString(),
                        root.toString(),
                        root.toString(),
                        Integer.toString(number),
                        Integer.toString(number + 1),
                        time,
                        "1",
                        vector))
                .append('\n');
    }

    private void people(Connection connection, int[] numbers) throws SQLException {
        StringBuilder conversations = new StringBuilder();
        StringBuilder counters = new StringBuilder();
        StringBuilder members = new StringBuilder();
        StringBuilder own = new StringBuilder();
        String tenant = TestDatabase.TENANT + "\t";
        for (int i = 0; i < numbers.length; i++) {
            String id = id(i).toString();
            conversations.append(tenant + id + "\t" + id + "\tgroup\tRoom\t2025-01-01\t2025-01-01\t3\n");
            counters.append(tenant + id + "\t" + id + "\t" + numbers[i] + "\t" + (numbers[i] + 1) + "\t" + numbers[i]
                    + "\t2026-11-20\t1\n");
            for (UUID person : List.of(many, few, big)) {
                boolean in = person.equals(many) ? i <= MIDDLE : person.equals(few) ? i > 0 && i <= 20 : i == 0;
                if (in) {
                    members.append(tenant + id + "\t" + id + "\t" + person + "\tmember\tt\t1\t2025-01-01\t1\t1\t0\n");
                    own.append(tenant + person + "\t" + id + "\t" + id + "\tgroup\tmember\t1\t2025-01-01\n");
                }
            }
        }
        copy(
                connection,
                "conversations (tenant_id, root_id, id, type, name, created_at, updated_at, member_count)",
                conversations);
        copy(
                connection,
                "conversation_counters (tenant_id, root_id, id, last_number, last_version, last_counted, last_at,"
                        + " changed_xid)",
                counters);
        copy(
                connection,
                "members (tenant_id, root_id, conversation_id, user_id, role, active, version, joined_at, from_number,"
                        + " from_version, from_counted)",
                members);
        copy(
                connection,
                "user_conversations (tenant_id, user_id, conversation_id, root_id, type, state, user_version, gained_at)",
                own);
    }

    private void measure(Config config, Connection connection, int messages) throws Exception {
        try (Statement statement = connection.createStatement();
                ResultSet sizes = statement.executeQuery(
                        "SELECT pg_table_size('search_documents'), pg_relation_size('search_documents_words'),"
                                + " pg_relation_size('search_documents_pkey'), pg_table_size('messages')")) {
            sizes.next();
            System.out.printf(
                    Locale.ROOT,
                    "bytes a message: rows %d, words %d, key %d; of messages themselves %d%n",
                    sizes.getLong(1) / messages,
                    sizes.getLong(2) / messages,
                    sizes.getLong(3) / messages,
                    sizes.getLong(4) / messages);
        }
        Vertx vertx = Vertx.vertx();
        Database database = PgConnections.database(PgConnections.pool(vertx, config.postgres(), "benchmark", 1));
        MessageSearch search = new MessageSearch(new SearchStore(database), System::nanoTime);
        Map<String, Function<Integer, String>> kinds = new LinkedHashMap<>();
        kinds.put("rare word", i -> "\"" + word(20_000, VOCABULARY) + "\"");
        kinds.put("middling word", i -> "\"" + word(500, 5_000) + "\"");
        kinds.put("common word", i -> "\"" + word(1, 10) + "\"");
        kinds.put("two words", i -> "\"" + word(1, 100) + "\" \"" + word(100, 5_000) + "\"");
        kinds.put("one letter", i -> "bcdfghklmnprstvz".substring(i % 16, i % 16 + 1));
        kinds.put("two letters", i -> word(1, VOCABULARY).substring(0, 2));
        kinds.put("phrase", i -> "\"" + word(1, 50) + " " + word(1, 50) + "\"");
        kinds.put("without", i -> "\"" + word(1, 100) + "\" -" + word(1, 10));
        kinds.put("hostile", i -> "b* c* d* f* g* h* k* l* m* n*");
        Map<String, UUID> people = new LinkedHashMap<>();
        people.put("20 conversations", few);
        people.put("501 conversations", many);
        people.put("one of a tenth", big);
        int pid = Backend.of(database);
        for (Map.Entry<String, UUID> person : people.entrySet()) {
            for (Map.Entry<String, Function<Integer, String>> kind : kinds.entrySet()) {
                for (Sort sort : List.of(Sort.NEWEST, Sort.RELEVANCE)) {
                    measure(vertx, search, pid, person, kind, sort);
                }
            }
        }
        indexing(vertx, database, connection, pid);
        vertx.close().await(10, SECONDS);
    }

    private void measure(
            Vertx vertx,
            MessageSearch search,
            int pid,
            Map.Entry<String, UUID> person,
            Map.Entry<String, Function<Integer, String>> kind,
            Sort sort)
            throws Exception {
        Histogram micros = new Histogram(3);
        long ticks = Backend.ticks(pid);
        int partial = 0;
        long hits = 0;
        for (int i = 0; i < QUERIES; i++) {
            FindMessages asked = new Ask(person.getValue(), kind.getValue().apply(i))
                    .sorted(sort)
                    .now();
            long begun = System.nanoTime();
            FoundMessages found = Future.<FoundMessages>future(promise ->
                            vertx.runOnContext(go -> search.find(asked).onComplete(promise)))
                    .await(60, SECONDS);
            micros.recordValue((System.nanoTime() - begun) / 1_000);
            partial += found.partial() ? 1 : 0;
            hits += found.hits().count();
        }
        System.out.printf(
                Locale.ROOT,
                "%-18s %-14s %-9s p50 %6.1f p95 %6.1f max %6.1f ms; backend %5.1f ms each; hits %d; partial %d of %d%n",
                person.getKey(),
                kind.getKey(),
                sort.name().toLowerCase(Locale.ROOT),
                micros.getValueAtPercentile(50) / 1e3,
                micros.getValueAtPercentile(95) / 1e3,
                micros.getMaxValue() / 1e3,
                (Backend.ticks(pid) - ticks) * 1000.0 / TICKS_A_SECOND / QUERIES,
                hits / QUERIES,
                partial,
                QUERIES);
    }

    /** A generation of its own, so that each row is written again. */
    private static void indexing(Vertx vertx, Database database, Connection connection, int pid) throws Exception {
        run(
                connection,
                "UPDATE search_state SET generation = generation + 2, tokens = 1, phase = 'messages', done = 0,"
                        + " conversation = '" + id(7) + "', number = 0");
        IndexRebuild rebuild = new IndexRebuild(database);
        long ticks = Backend.ticks(pid);
        long own = Backend.processNanos();
        long begun = System.nanoTime();
        for (int step = 0; step < 4; step++) {
            Future.<Void>future(
                            promise -> vertx.runOnContext(go -> rebuild.step().onComplete(promise)))
                    .await(60, SECONDS);
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        long done = database.query("SELECT done FROM search_state", Tuple.tuple())
                .await(10, SECONDS)
                .iterator()
                .next()
                .getLong(0);
        System.out.printf(
                Locale.ROOT,
                "indexed %d in %.1f s at half of the time: %.0f a second while at it; a message costs the"
                        + " backend %.0f us, this process %.0f us%n",
                done,
                seconds,
                done / seconds * 2,
                (Backend.ticks(pid) - ticks) * 1e6 / TICKS_A_SECOND / done,
                (Backend.processNanos() - own) / 1e3 / done);
    }

    /** The backend of the only connection, as the system sees it. */
    private static final class Backend {
        static int of(Database database) throws Exception {
            return database.query("SELECT pg_backend_pid() AS pid", Tuple.tuple())
                    .await(10, SECONDS)
                    .iterator()
                    .next()
                    .getInteger(0);
        }

        static long ticks(int pid) throws Exception {
            String[] fields = Files.readString(Path.of("/proc/" + pid + "/stat"))
                    .replaceFirst("^.*\\) ", "")
                    .split(" ");
            return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        }

        static long processNanos() {
            return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
        }
    }
}
