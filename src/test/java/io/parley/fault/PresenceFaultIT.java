package io.parley.fault;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.ParleyClient;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.RawSocket;
import io.parley.support.testing.client.Rest;
import io.parley.support.testing.node.ServerUnderNode;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.NetClient;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Redis hangs, is gone and comes back under a running node: presence is unknown meanwhile and nothing else suffers. */
class PresenceFaultIT {
    private final Battlefield field = Battlefield.open();
    private final ServerUnderNode redis = field.node().redis();
    private final Cast cast = new Cast(field.clients(), field.operator());
    private final NetClient network = RawSocket.netClient(field.vertx());
    private final List<Person> people = cast.people(List.of("ada", "bob"));
    private final Person ada = people.get(0);
    private final Person bob = people.get(1);

    @AfterEach
    void clear() {
        network.close();
        cast.close();
        field.close();
    }

    private RawSocket watcher() {
        RawSocket socket =
                await(RawSocket.open(field.vertx(), network, field.node().endpoints()));
        await(socket.sendText("{\"type\":\"hello\",\"id\":\"1\",\"token\":\""
                + await(bob.tokens().current()) + "\"}"));
        await(socket.sendText("{\"type\":\"presence.watch\",\"id\":\"2\",\"users\":[\"" + ada.id() + "\"]}"));
        patiently().until(() -> socket.find("id", "2").isPresent());
        return socket;
    }

    private static org.awaitility.core.ConditionFactory patiently() {
        return Awaitility.await().atMost(Duration.ofSeconds(25));
    }

    private List<String> told(RawSocket socket) {
        return socket.frames("presence").stream()
                .flatMap(frame -> frame.path("users").valueStream())
                .map(one -> one.path("status").asText())
                .toList();
    }

    private void untilTold(RawSocket socket, String status) {
        patiently().untilAsserted(() -> assertThat(told(socket)).endsWith(status));
    }

    private String byRest() {
        Rest.Reply reply = await(field.clients()
                .rest()
                .call(
                        HttpMethod.GET,
                        "/presence?users=" + ada.id(),
                        await(bob.tokens().current()),
                        null));
        assertThat(reply.status()).isEqualTo(200);
        JsonNode items = reply.body().path("items");
        return items.path(0).path("status").asText();
    }

    @Test
    void presenceIsUnknownWhileRedisIsGoneOrHangsAndComesBackByItself() {
        UUID group = cast.group(ada, bob);
        RawSocket watcher = watcher();
        ParleyClient adas = cast.connected(ada, "phone");
        patiently().until(() -> byRest().equals("online"));

        redis.pause();
        untilTold(watcher, "unknown");
        long before = System.nanoTime();
        ParleyClient second = cast.connected(ada, "tablet");
        await(second.send(group, "while it hangs"));
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
        assertThat(byRest()).isEqualTo("unknown");
        redis.resume();
        untilTold(watcher, "online");

        redis.killForcibly();
        untilTold(watcher, "unknown");
        await(adas.send(group, "while it is gone"));
        await(second.disconnect());
        redis.start();
        untilTold(watcher, "online");
        await(adas.disconnect());
        untilTold(watcher, "offline");
    }
}
