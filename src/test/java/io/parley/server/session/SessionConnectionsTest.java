package io.parley.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionConnectionsTest {
    private static final int MANY = 100;
    private static final long LATER = System.nanoTime() + TimeUnit.HOURS.toNanos(1);

    private final Lab lab = new Lab(1);
    private final SessionConnections connections = new SessionConnections();

    @SuppressWarnings("NullAway") // nobody says anything, so nobody is needed to answer
    private final SessionServices services = new SessionServices(
            (ContextInternal) lab.context(0),
            lab.config.session(),
            lab.loops.getFirst(),
            lab.hub,
            new Flusher(lab.context(0)),
            null,
            null,
            lab.bus,
            null,
            lab.metrics);

    @AfterEach
    void close() {
        lab.close();
    }

    private List<SessionConnection> open() {
        return IntStream.range(0, MANY)
                .mapToObj(i -> {
                    EmbeddedChannel channel = new EmbeddedChannel();
                    Place place = new Place(services, "here", Place.Kind.WEBSOCKET);
                    SessionConnection connection = new SessionConnection(services, channel, place, connections::remove);
                    channel.pipeline().addLast(connection.handler());
                    connections.add(connection);
                    return connection;
                })
                .toList();
    }

    private long ended(List<SessionConnection> some) {
        return some.stream().filter(connection -> !connection.isOpen()).count();
    }

    @Test
    void whoHasNotSaidWhoHeIsIsLookedAtEachTime() {
        lab.onLoop(0, () -> {
            List<SessionConnection> strangers = open();
            connections.check(LATER, 0);

            assertThat(ended(strangers)).isEqualTo(MANY);
        });
    }

    @Test
    void whoIsKnownIsLookedAtOnceInARound() {
        lab.onLoop(0, () -> {
            List<SessionConnection> known = open();
            known.forEach(SessionConnection::identified);
            connections.check(LATER, 0);
            long first = ended(known);
            for (int i = 1; i < SessionConnections.SHARES; i++) {
                connections.check(LATER, 0);
            }

            assertThat(first).isBetween(1L, MANY / 2L);
            assertThat(ended(known)).isEqualTo(MANY);
        });
    }

    @Test
    void nobodyIsKeptWhoHasGoneWheneverHeWent() {
        lab.onLoop(0, () -> {
            List<SessionConnection> all = open();
            all.subList(0, 60).forEach(SessionConnection::identified);
            all.subList(0, 20).forEach(connections::remove);
            connections.check(0, 0);
            all.subList(20, 40).forEach(connections::remove);
            assertThat(connections.size()).isEqualTo(MANY - 40);
            assertThat(connections.all()).containsExactlyInAnyOrderElementsOf(all.subList(40, MANY));

            all.subList(40, MANY).forEach(connections::remove);
            assertThat(connections.size()).isZero();
        });
    }
}
