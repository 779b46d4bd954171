package io.parley.fault;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.features.accounts.tokens.SigningKeys;
import io.parley.server.embedded.PostgresEndpoint;
import io.parley.support.Ids;
import io.parley.support.testing.TestServers;
import io.parley.support.testing.Traces;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.ClientHost;
import io.parley.support.testing.client.ConversationState;
import io.parley.support.testing.client.OperatorApi;
import io.parley.support.testing.client.ParleyClient;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.SentMessage;
import io.parley.support.testing.node.NodeConfig;
import io.parley.support.testing.node.RunningNode;
import io.parley.support.testing.node.TestNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages that disappear, on two nodes with everything that runs on them, over both interfaces. */
class ExpiryTakeoverIT {
    /** What is promised. */
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static final int MANY = 5_000;
    private static final String OPERATOR_KEY = Ids.next().toString();

    private final TestServers servers = TestServers.start();
    private final Vertx vertx = Vertx.vertx();
    private Path directory;
    private TestNode first;
    private TestNode second;
    private Connection connection;

    @BeforeEach
    void open() throws Exception {
        directory = Files.createTempDirectory("parley-expiry-");
        SigningKeys.loadOrMake(directory.resolve("keys"), "");
        connection = DriverManager.getConnection(servers.url(servers.postgres().database()) + "&currentSchema=parley");
        first = node("first");
        second = node("second");
    }

    @AfterEach
    void close() throws SQLException {
        vertx.close().await();
        first.close();
        second.close();
        connection.close();
        servers.close();
        RunningNode.delete(directory);
    }

    private TestNode node(String name) {
        PostgresEndpoint postgres = servers.postgres();
        return TestNode.start(NodeConfig.on(directory.resolve(name))
                .with("postgres.host", postgres.host())
                .with("postgres.port", Integer.toString(postgres.port()))
                .with("postgres.database", postgres.database())
                .with("postgres.user", postgres.user())
                .with("postgres.password", postgres.password())
                .with("postgres.sslMode", "disable")
                .with("redis.host", servers.redis().host())
                .with("redis.port", Integer.toString(servers.redis().port()))
                .with("redis.password", servers.redis().password())
                .with("auth.keys", directory.resolve("keys").toString())
                .with("auth.operatorKey", OPERATOR_KEY)
                .with("limits.disappearLeastSeconds", "1"));
    }

    private Cast castAt(TestNode node) {
        ClientHost host = new ClientHost(vertx, node.endpoints());
        return new Cast(host, new OperatorApi(host.rest(), OPERATOR_KEY));
    }

    private long number(String sql) {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static ObjectNode of(UUID room, UUID message) {
        return object().put("conversation", room.toString()).put("message", message.toString());
    }

    /** As the device knows it; missing while it does not. */
    private static JsonNode known(ParleyClient device, UUID room, long number) {
        return await(device.ask(state -> {
            ConversationState conversation = state.find(room);
            JsonNode message = conversation == null ? null : conversation.message(number);
            return message == null ? MissingNode.getInstance() : message;
        }));
    }

    private static Map<Long, JsonNode> held(ParleyClient device, UUID room) {
        return await(device.ask(state -> {
            ConversationState conversation = state.find(room);
            return conversation == null ? Map.<Long, JsonNode>of() : conversation.messages();
        }));
    }

    private static JsonNode search(Cast cast, Person person, String word) {
        return await(cast.api(person).ask(HttpMethod.GET, "/search/messages?q=" + word, null))
                .path("items");
    }

    @Test
    void ofWhatHasDisappearedOrWasDeletedNoTableHasAWordAndEveryDeviceLearnsOfIt() throws SQLException {
        try (Cast here = castAt(first);
                Cast there = castAt(second)) {
            Person ada = here.person("ada");
            Person bob = here.person("bob");
            UUID room = here.group(ada, bob);
            ParleyClient phone = here.connected(ada, "phone");
            ParleyClient desktop = there.connected(bob, "desktop");
            ParleyClient away = there.connected(bob, "tablet");
            SentMessage fading = said(here, ada, bob, phone, desktop, room, "Quagga", 20);
            SentMessage deleted = said(here, ada, bob, phone, desktop, room, "Aurochs", null);
            assertThat(known(desktop, room, fading.number()).hasNonNull("expiresAt"))
                    .isTrue();
            await(away.disconnect());

            await(phone.command("message.delete", of(room, deleted.id())));

            for (String word : List.of("Quagga", "Aurochs")) {
                Awaitility.await(word)
                        .atMost(MINUTE)
                        .untilAsserted(
                                () -> assertThat(Traces.of(connection, word)).isEmpty());
                assertThat(search(there, bob, word)).isEmpty();
            }
            Awaitility.await()
                    .until(() -> known(desktop, room, fading.number())
                            .path("expired")
                            .asBoolean());
            assertThat(known(desktop, room, fading.number()).has("text")).isFalse();
            await(away.connect());
            Awaitility.await().untilAsserted(() -> assertThat(held(away, room)).isEqualTo(held(desktop, room)));
            Map<Long, JsonNode> read = new TreeMap<>();
            await(here.api(bob).history(room))
                    .forEach(message -> read.put(message.path("number").asLong(), message));
            assertThat(held(desktop, room)).isEqualTo(read);
            assertThat(await(here.api(bob).conversation(room)).path("unread").asLong())
                    .isZero();
        }
    }

    /** A message with all that can cling to one, found by search; over REST where it disappears, else over a socket. */
    private SentMessage said(
            Cast cast,
            Person ada,
            Person bob,
            ParleyClient phone,
            ParleyClient desktop,
            UUID room,
            String word,
            Integer seconds)
            throws SQLException {
        UUID id = Ids.next();
        ObjectNode message =
                object().put("id", id.toString()).put("type", "text").put("text", "The " + word + " again, @all");
        if (seconds != null) {
            message.put("disappearAfter", seconds);
        }
        JsonNode stored = seconds != null
                ? await(cast.api(ada).ask(HttpMethod.POST, "/conversations/" + room + "/messages", message))
                : await(phone.command(
                        "message.send",
                        object().put("conversation", room.toString()).set("message", message)));
        await(phone.command(
                "message.edit",
                of(room, id).set("body", object().put("text", "The " + word + ", see https://example.org/" + word))));
        await(phone.command("message.pin", of(room, id)));
        await(desktop.command("reaction.add", of(room, id).put("emoji", "👍")));
        JsonNode thread = await(desktop.command("thread.open", of(room, id)));
        await(desktop.send(UUID.fromString(thread.path("conversation").asText()), "About the " + word));
        Awaitility.await(word).until(() -> search(cast, bob, word).size() == 2);
        assertThat(Traces.of(connection, word))
                .contains("messages.content", "message_edits.content", "search_documents.words");
        return new SentMessage(
                id,
                stored.path("number").asLong(),
                stored.path("version").asLong(),
                stored.path("createdAt").asText());
    }

    @Test
    void whenTheSweepingNodeIsKilledAmidItAnotherOneSeesToTheRestWithinAMinute() throws SQLException {
        try (Cast there = castAt(second)) {
            Person ada = there.person("ada");
            Person bob = there.person("bob");
            UUID room = there.group(ada, bob);
            ParleyClient phone = there.connected(ada, "phone");
            ParleyClient desktop = there.connected(bob, "desktop");
            List<Future<?>> sent = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                sent.add(there.api(ada).send(room, Ids.next(), "Quagga " + i));
                if (i % 200 == 199) {
                    sent.forEach(Cast::await);
                    sent.clear();
                }
            }
            sent.forEach(Cast::await);
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("UPDATE messages SET expires_at = date_trunc('milliseconds', now())"
                        + " WHERE type = 'text' AND conversation_id = '" + room + "'");
            }
            long begun = System.nanoTime();
            String gone = "SELECT count(*) FROM messages WHERE deleted_at IS NOT NULL";
            Awaitility.await().pollInterval(Duration.ofMillis(2)).until(() -> number(gone) > 0);

            first.killForcibly();
            long whenKilled = number(gone);
            SentMessage later = await(phone.send(room, "Still talking"));

            Awaitility.await().atMost(MINUTE).until(() -> number(gone) == MANY);
            System.out.printf(
                    "%d of %d were gone when the node was killed, all after %d ms%n",
                    whenKilled,
                    MANY,
                    Duration.ofNanos(System.nanoTime() - begun).toMillis());
            assertThat(Traces.of(connection, "Quagga")).isEmpty();
            Awaitility.await().atMost(MINUTE).untilAsserted(() -> {
                Map<Long, JsonNode> messages = held(desktop, room);
                assertThat(messages.values())
                        .filteredOn(message -> message.path("expired").asBoolean())
                        .hasSize(MANY);
                assertThat(messages.get(later.number()).path("text").asText()).isEqualTo("Still talking");
            });
            assertThat(await(there.api(bob).conversation(room)).path("unread").asLong())
                    .isOne();
            assertThat(number("SELECT count(*) FROM conversation_counters k WHERE id = '" + room
                            + "' AND last_number = " + later.number()))
                    .isOne();
        }
    }
}
