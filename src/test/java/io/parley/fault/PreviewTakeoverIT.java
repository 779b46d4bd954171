package io.parley.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.parley.features.accounts.tokens.SigningKeys;
import io.parley.server.embedded.PostgresEndpoint;
import io.parley.support.Ids;
import io.parley.support.testing.TestPages;
import io.parley.support.testing.TestServers;
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
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes on one database: the one that fetches a link for its preview dies or hangs, the other one does it. */
class PreviewTakeoverIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    /** As long as a claim lasts, and some. */
    private static final Duration TAKEOVER = Duration.ofSeconds(60);

    private static final String OPERATOR_KEY = Ids.next().toString();

    private final TestServers servers = TestServers.start();
    private final Vertx vertx = Vertx.vertx();
    private TestPages pages;
    private Path directory;
    private TestNode first;
    private TestNode second;

    @BeforeEach
    void open() throws Exception {
        directory = Files.createTempDirectory("parley-previews-");
        SigningKeys.loadOrMake(directory.resolve("keys"), "");
        pages = new TestPages(vertx);
        first = node("first");
        second = node("second");
    }

    @AfterEach
    void close() {
        vertx.close().await();
        first.close();
        second.close();
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
                .with("previews.userAgent", name)
                .with("previews.ports", Integer.toString(pages.port()))
                .with("previews.privateNetworks", "127.0.0.1"));
    }

    private Cast castAt(TestNode node) {
        ClientHost host = new ClientHost(vertx, node.endpoints());
        return new Cast(host, new OperatorApi(host.rest(), OPERATOR_KEY));
    }

    private String fetcherOf(String path) {
        await().atMost(SOON).until(() -> pages.asked(path) == 1);
        return pages.askers(path).getFirst();
    }

    /** As the device knows it; missing while it does not. */
    private static JsonNode message(ParleyClient device, UUID room, long number) {
        return Cast.await(device.ask(state -> {
            ConversationState conversation = state.find(room);
            JsonNode known = conversation == null ? null : conversation.message(number);
            return known == null ? MissingNode.getInstance() : known;
        }));
    }

    private static void awaitTitle(ParleyClient device, UUID room, SentMessage said, String title) {
        await().atMost(TAKEOVER)
                .untilAsserted(() -> assertThat(message(device, room, said.number())
                                .at("/links/0/title")
                                .asText())
                        .isEqualTo(title));
    }

    @Test
    void whetherTheFetchingNodeDiesOrHangsTheMessageGetsItsPreviewOnce() {
        // Whichever node it falls to; the clients are at the other one.
        try (Cast here = castAt(first)) {
            Person ada = here.person("ada");
            UUID room = here.group(ada);
            SentMessage dying = send(here, ada, room, "/held/dying");
            TestNode fetching = fetcherOf("/held/dying").equals("first") ? first : second;
            TestNode other = fetching == first ? second : first;
            fetching.killForcibly();
            pages.letGo("/held/dying");
            try (Cast there = castAt(other)) {
                ParleyClient device = there.connected(ada, "phone");
                awaitTitle(device, room, dying, "/held/dying");
                assertThat(message(device, room, dying.number()).path("version").asLong())
                        .isEqualTo(dying.version() + 1);
            }
            fetching.start();
        }
        hangs();
    }

    private void hangs() {
        try (Cast here = castAt(first);
                Cast there = castAt(second)) {
            Person ada = here.person("ada");
            UUID room = here.group(ada);
            SentMessage hanging = send(here, ada, room, "/held/hanging");
            boolean atFirst = fetcherOf("/held/hanging").equals("first");
            TestNode fetching = atFirst ? first : second;
            ParleyClient device = (atFirst ? there : here).connected(ada, "phone");
            fetching.pause();
            pages.letGo("/held/hanging");
            awaitTitle(device, room, hanging, "/held/hanging");
            long version =
                    message(device, room, hanging.number()).path("version").asLong();

            fetching.resume();
            SentMessage later = send(atFirst ? there : here, ada, room, "/later");
            awaitTitle(device, room, later, "/later");

            assertThat(version).isEqualTo(hanging.version() + 1);
            assertThat(message(device, room, hanging.number()).path("version").asLong())
                    .isEqualTo(version);
            assertThat(pages.asked("/held/hanging")).isEqualTo(2);
        }
    }

    private SentMessage send(Cast cast, Person person, UUID room, String path) {
        JsonNode said = Cast.await(cast.api(person).send(room, Ids.next(), "See " + pages.url(path)));
        return new SentMessage(
                UUID.fromString(said.path("id").asText()),
                said.path("number").asLong(),
                said.path("version").asLong(),
                said.path("createdAt").asText());
    }

    @Test
    void theWholeWayWithClientsOverRealSockets() {
        try (Cast cast = castAt(first)) {
            Person ada = cast.person("ada");
            Person bob = cast.person("bob");
            UUID room = cast.group(ada, bob);
            ParleyClient device = cast.connected(bob, "phone");
            ParleyClient own = cast.connected(ada, "desktop");

            SentMessage said = Cast.await(own.send(room, "See **this**: " + pages.url("/page")));

            awaitTitle(device, room, said, "/page");
            awaitTitle(own, room, said, "/page");
            String path = "/conversations/" + room + "/messages/" + said.id();
            JsonNode html = Cast.await(cast.api(bob).call(HttpMethod.GET, path + "/html", null))
                    .body();
            assertThat(html.path("html").asText()).contains("<strong>this</strong>", "rel=\"noopener nofollow\"");
            assertThat(Cast.await(cast.api(bob).conversation(room))
                            .path("preview")
                            .asText())
                    .isEqualTo("See this: " + pages.url("/page"));
            Cast.await(cast.api(ada).call(HttpMethod.DELETE, path + "/previews", null));
            await().atMost(SOON)
                    .until(() -> !message(device, room, said.number()).has("links"));
        }
    }
}
