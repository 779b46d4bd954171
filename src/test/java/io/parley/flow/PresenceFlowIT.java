package io.parley.flow;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.parley.support.Json;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.RawSocket;
import io.parley.support.testing.client.Rest;
import io.parley.support.testing.node.RunningNode;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.NetClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Presence and typing of a running node over its real sockets and REST. */
@ExtendWith(RunningNode.class)
class PresenceFlowIT {
    private final RunningNode.Site site;
    private final Cast cast;
    private final NetClient network;
    private final Person ada;
    private final Person bob;
    private final UUID group;

    PresenceFlowIT(RunningNode.Site site) {
        this.site = site;
        this.cast = new Cast(site.clients(), site.operator());
        this.network = RawSocket.netClient(site.vertx());
        List<Person> people = cast.people(List.of("ada", "bob"));
        this.ada = people.get(0);
        this.bob = people.get(1);
        this.group = cast.group(ada, bob);
    }

    @AfterEach
    void hangUp() {
        network.close();
        cast.close();
    }

    private RawSocket signedIn(Person person) {
        RawSocket socket =
                await(RawSocket.open(site.vertx(), network, site.node().endpoints()));
        say(
                socket,
                "{'type':'hello','id':'hello','token':'" + await(person.tokens().current()) + "'}");
        reply(socket, "hello");
        return socket;
    }

    private static void say(RawSocket socket, String frame) {
        await(socket.sendText(frame.replace('\'', '"')));
    }

    private static JsonNode reply(RawSocket socket, String id) {
        patiently().until(() -> socket.find("id", id).isPresent());
        return socket.find("id", id).orElseThrow();
    }

    private static org.awaitility.core.ConditionFactory patiently() {
        return Awaitility.await().atMost(Duration.ofSeconds(15));
    }

    /** What came of one type about one person; the last first. */
    private static List<JsonNode> told(RawSocket socket, String type, Person person) {
        return socket.frames(type).stream()
                .flatMap(frame -> frame.path("users").valueStream())
                .filter(one -> one.path("user").asText().equals(person.id().toString()))
                .toList()
                .reversed();
    }

    private void untilPresence(RawSocket socket, Person person, String status) {
        patiently()
                .untilAsserted(() -> assertThat(told(socket, "presence", person).stream()
                                .map(one -> one.path("status").asText())
                                .findFirst())
                        .contains(status));
    }

    private JsonNode rest(Person caller, HttpMethod method, String path, @Nullable String body) {
        JsonNode tree = body == null ? null : Json.parse(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        Rest.Reply reply = await(
                site.clients().rest().call(method, path, await(caller.tokens().current()), tree));
        assertThat(reply.status()).as(reply.text()).isBetween(200, 299);
        return reply.body();
    }

    /** A node whose Redis is new says of nobody that he is offline until it has settled. */
    private void untilOffline(RawSocket socket, Person person) {
        patiently().until(() -> {
            say(socket, "{'type':'presence.watch','id':'settled','users':['" + person.id() + "']}");
            reply(socket, "settled");
            return rest(bob, HttpMethod.GET, "/presence?users=" + person.id(), null)
                    .at("/items/0/status")
                    .asText()
                    .equals("offline");
        });
    }

    @Test
    void whoWatchesIsToldAndOthersAreNot() {
        RawSocket watcher = signedIn(bob);
        RawSocket other = signedIn(bob);
        untilOffline(watcher, ada);

        RawSocket phone = signedIn(ada);
        untilPresence(watcher, ada, "online");
        say(phone, "{'type':'presence.set','id':'1','status':'busy'}");
        assertThat(reply(phone, "1").path("type").asText()).isEqualTo("ok");
        untilPresence(watcher, ada, "busy");
        JsonNode own = rest(ada, HttpMethod.GET, "/users/me/presence", null);
        assertThat(own.path("status").asText()).isEqualTo("busy");
        assertThat(own.path("chosen").asText()).isEqualTo("busy");

        rest(ada, HttpMethod.PUT, "/users/me/presence", "{'status':'invisible'}");
        untilPresence(watcher, ada, "offline");
        assertThat(rest(ada, HttpMethod.GET, "/users/me/presence", null)
                        .path("status")
                        .asText())
                .isEqualTo("invisible");
        JsonNode members = rest(bob, HttpMethod.GET, "/conversations/" + group + "/presence", null);
        assertThat(members.path("items")).hasSize(2).anySatisfy(member -> {
            assertThat(member.path("user").asText()).isEqualTo(ada.id().toString());
            assertThat(member.path("status").asText()).isEqualTo("offline");
            assertThat(member.has("lastSeen")).isTrue();
        });

        rest(ada, HttpMethod.PUT, "/users/me/presence", "{'status':'online'}");
        untilPresence(watcher, ada, "online");
        await(phone.cut());
        untilPresence(watcher, ada, "offline");
        assertThat(told(watcher, "presence", ada).getFirst().has("lastSeen")).isTrue();
        assertThat(told(other, "presence", ada)).isEmpty();
    }

    @Test
    void typingIsTold() {
        RawSocket adas = signedIn(ada);
        RawSocket bobs = signedIn(bob);
        String typing = "{'type':'typing','id':'t','conversation':'" + group + "','active':true}";

        say(adas, typing);
        assertThat(reply(adas, "t").path("type").asText()).isEqualTo("ok");
        patiently().until(() -> !told(bobs, "typing", ada).isEmpty());
        patiently()
                .until(() -> rest(bob, HttpMethod.GET, "/conversations/" + group + "/typing", null)
                        .path("users")
                        .equals(JsonNodeFactory.instance
                                .arrayNode()
                                .add(ada.id().toString())));
        rest(bob, HttpMethod.PUT, "/conversations/" + group + "/typing", "{'active':true}");
        patiently().until(() -> !told(adas, "typing", bob).isEmpty());
        assertThat(told(adas, "typing", ada)).isEmpty();

        RawSocket stranger = signedIn(cast.person("eve"));
        say(stranger, typing);
        assertThat(reply(stranger, "t").at("/error/code").asText()).isEqualTo("not_found");
    }
}
