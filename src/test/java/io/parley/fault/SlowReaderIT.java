package io.parley.fault;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.ParleyClient;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.SentMessage;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SlowReaderIT {
    private static final String LONG_TEXT = "x".repeat(16_000);

    private final Battlefield field = Battlefield.open();
    private final Cast cast = new Cast(field.clients(), field.operator());

    @AfterEach
    void clear() {
        cast.close();
        field.close();
    }

    @Test
    void whoDoesNotReadIsClosedAndNobodyElseFeelsIt() {
        List<Person> people = cast.people(List.of("alice", "bob", "sleepy"));
        UUID group = cast.group(people.get(0), people.get(1), people.get(2));
        ParleyClient alice = cast.connected(people.get(0), "phone");
        ParleyClient bob = cast.connected(people.get(1), "phone");
        ParleyClient sleepy = cast.connected(people.get(2), "phone");

        await(sleepy.pauseReading());
        int messages = 1_500;
        List<Future<SentMessage>> sends = new ArrayList<>();
        for (int i = 0; i < messages; i++) {
            sends.add(alice.send(group, i + LONG_TEXT));
        }
        sends.forEach(Cast::await);
        untilHas(bob, group, messages);

        // Whether the reason still reaches who reads again after a while goes by how long that was: the node tells it,
        // too.
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> metrics().contains("parley_sessions_closed_total{reason=\"too_slow\"} 1"));
        await(sleepy.resumeReading());
        untilHas(sleepy, group, messages);
        assertThat(await(sleepy.closeCodes())).isNotEmpty();
        assertThat(await(bob.closeCodes())).isEmpty();
        assertThat(await(alice.closeCodes())).isEmpty();
    }

    private String metrics() throws IOException {
        try (InputStream told = field.node()
                .endpoints()
                .management()
                .resolve("/metrics")
                .toURL()
                .openStream()) {
            return new String(told.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void untilHas(ParleyClient device, UUID conversation, long number) {
        Awaitility.await(device.name())
                .atMost(Duration.ofSeconds(60))
                .until(() -> await(device.ask(state -> {
                    var found = state.find(conversation);
                    return found != null
                            && found.isCurrent()
                            && found.messages().size() == number;
                })));
    }
}
