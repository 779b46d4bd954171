package io.parley.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.features.accounts.tokens.SigningKeys;
import io.parley.server.embedded.PostgresEndpoint;
import io.parley.support.Ids;
import io.parley.support.testing.TestServers;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.ClientHost;
import io.parley.support.testing.client.OperatorApi;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.node.NodeConfig;
import io.parley.support.testing.node.RunningNode;
import io.parley.support.testing.node.TestNode;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes on one database: the one that follows the journal dies or hangs, the other one goes on. */
class JobsTakeoverIT {
    private static final Duration TAKEOVER = Duration.ofSeconds(10);
    private static final int POLLS = 4;
    private static final String OPERATOR_KEY = Ids.next().toString();

    private final TestServers servers = TestServers.start();
    private final Vertx vertx = Vertx.vertx();
    private Path directory;
    private TestNode first;
    private TestNode second;
    private Connection connection;

    @BeforeEach
    void open() throws IOException, SQLException {
        directory = Files.createTempDirectory("parley-takeover-");
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
                .with("auth.operatorKey", OPERATOR_KEY));
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

    private long position() {
        return number("SELECT fence::text::bigint FROM journal_followers WHERE name = 'conversation-activity'");
    }

    /** The position is written after what was followed up to it. */
    private long positionBeyond(long known) {
        return await().atMost(TAKEOVER).until(this::position, position -> position > known);
    }

    /** Something is said at a node, and the follower takes note of it. */
    private void sayAndAwait(TestNode node, Duration limit) {
        try (ClientHost host = new ClientHost(vertx, node.endpoints());
                Cast cast = new Cast(host, new OperatorApi(host.rest(), OPERATOR_KEY))) {
            Person ada = cast.person("ada");
            UUID room = cast.group(ada);
            Cast.await(cast.api(ada).send(room, Ids.next(), "is anybody following?"));
            String followed = "SELECT count(*) FROM conversation_activity a JOIN conversation_counters k ON k.id ="
                    + " a.conversation_id AND k.last_version = a.last_version WHERE k.id = '" + room + "'";
            await().atMost(limit).until(() -> number(followed) == 1);
        }
    }

    @Test
    void whetherTheFollowingNodeDiesOrHangsAnotherOneGoesOnSoon() {
        sayAndAwait(first, TAKEOVER);

        first.killForcibly();
        sayAndAwait(second, TAKEOVER);

        first.start();
        long before = position();
        second.pause();
        sayAndAwait(first, TAKEOVER);
        long after = positionBeyond(before);
        second.resume();
        sayAndAwait(second, TAKEOVER);

        assertThat(positionBeyond(after)).isGreaterThan(after);
        assertThat(number("SELECT count(DISTINCT holder) FROM job_leases WHERE until > clock_timestamp()"))
                .isOne();
        assertThat(number("SELECT count(*) FROM conversation_counters k LEFT JOIN conversation_activity a ON"
                        + " a.conversation_id = k.id WHERE a.last_version IS DISTINCT FROM k.last_version"))
                .isZero();
    }

    /** Polls that close one second after the other, in a conversation of their own; its id. */
    private UUID ask(TestNode node) {
        try (ClientHost host = new ClientHost(vertx, node.endpoints());
                Cast cast = new Cast(host, new OperatorApi(host.rest(), OPERATOR_KEY))) {
            Person ada = cast.person("ada");
            UUID room = cast.group(ada);
            for (int i = 0; i < POLLS; i++) {
                ObjectNode message = JsonNodeFactory.instance.objectNode().put("type", "poll");
                message.putObject("poll")
                        .put("question", "When?")
                        .put("closesAt", Instant.now().plusSeconds(i + 1).toString())
                        .putArray("options")
                        .add("Now")
                        .add("Later");
                Cast.await(cast.api(ada).ask(HttpMethod.POST, "/conversations/" + room + "/messages", message));
            }
            return room;
        }
    }

    private void awaitClosed(UUID room) {
        String closed = "SELECT count(*) FROM messages WHERE conversation_id = '" + room
                + "' AND state -> 'results' ? 'closedAt'";
        await().atMost(TAKEOVER.plusSeconds(POLLS)).until(() -> number(closed) == POLLS);
    }

    @Test
    void aPollIsClosedOnceWhicheverNodeDiesOrHangs() {
        UUID room = ask(first);
        first.killForcibly();
        awaitClosed(room);

        first.start();
        UUID other = ask(first);
        second.pause();
        awaitClosed(other);
        second.resume();
        sayAndAwait(second, TAKEOVER);

        for (UUID one : List.of(room, other)) {
            assertThat(number("SELECT last_version FROM conversation_counters WHERE id = '" + one + "'"))
                    .isEqualTo(1 + 2 * POLLS);
        }
        assertThat(number("SELECT count(*) FROM polls_to_close")).isZero();
    }
}
