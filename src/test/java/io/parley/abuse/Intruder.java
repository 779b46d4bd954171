package io.parley.abuse;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.Endpoints;
import io.parley.support.testing.client.ParleyClient;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.RawSocket;
import io.parley.support.testing.node.RunningNode;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Somebody with an account, a raw socket and bad intentions; and somebody with good ones who must not notice. */
final class Intruder implements AutoCloseable {
    private final RunningNode.Site site;
    private final Cast cast;
    private final NetClient network;
    private final Person person;
    private final Person victim;
    private final UUID ownGroup;
    private final UUID victimsGroup;

    Intruder(RunningNode.Site site) {
        this.site = site;
        this.cast = new Cast(site.clients(), site.operator());
        this.network = RawSocket.netClient(site.vertx());
        List<Person> people = cast.people(List.of("mallory", "victor", "walter"));
        this.person = people.get(0);
        this.victim = people.get(1);
        this.ownGroup = cast.group(person);
        this.victimsGroup = cast.group(victim, people.get(2));
    }

    static ConditionFactory patiently() {
        return Awaitility.await().atMost(Duration.ofSeconds(30));
    }

    RunningNode.Site site() {
        return site;
    }

    Vertx vertx() {
        return site.vertx();
    }

    NetClient network() {
        return network;
    }

    Endpoints server() {
        return site.node().endpoints();
    }

    Cast cast() {
        return cast;
    }

    Person person() {
        return person;
    }

    Person victim() {
        return victim;
    }

    UUID ownGroup() {
        return ownGroup;
    }

    /** A conversation in which he is not. */
    UUID victimsGroup() {
        return victimsGroup;
    }

    /** Upgraded, silent. */
    RawSocket stranger() {
        return await(RawSocket.open(site.vertx(), network, server()));
    }

    /** Upgraded and signed in. */
    RawSocket signedIn() {
        RawSocket socket = stranger();
        await(socket.sendText(hello(await(person.tokens().current()))));
        patiently().until(() -> socket.find("type", "ready").isPresent());
        return socket;
    }

    static String hello(String token) {
        return "{\"type\":\"hello\",\"id\":\"hello\",\"token\":\"" + token + "\"}";
    }

    /** The reply to the command with this id, once it has come. */
    static JsonNode reply(RawSocket socket, String id) {
        patiently().until(() -> socket.find("id", id).isPresent());
        return socket.find("id", id).orElseThrow();
    }

    static int closeCode(RawSocket socket) {
        patiently().until(socket::isClosed);
        return await(socket.closed());
    }

    /** People who behave can come in and talk; the node is the one that it was. */
    void requireHealth() {
        assertThat(site.node().isAlive()).isTrue();
        try (Cast others = new Cast(site.clients(), site.operator())) {
            List<Person> people = others.people(List.of("alice", "bob"));
            UUID group = others.group(people.get(0), people.get(1));
            ParleyClient alice = others.connected(people.get(0), "phone");
            ParleyClient bob = others.connected(people.get(1), "phone");
            await(alice.send(group, "Are you well?"));
            patiently()
                    .until(() -> await(bob.ask(state -> {
                        var found = state.find(group);
                        return found != null && found.message(1) != null;
                    })));
        }
    }

    @Override
    public void close() {
        network.close();
        cast.close();
    }
}
