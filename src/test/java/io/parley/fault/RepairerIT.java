package io.parley.fault;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.testing.campaign.TruthReader;
import io.parley.support.testing.checker.Checker;
import io.parley.support.testing.checker.Entry;
import io.parley.support.testing.checker.Invariant;
import io.parley.support.testing.checker.Verdict;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.ClientSettings;
import io.parley.support.testing.client.ParleyClient;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.network.Link;
import io.parley.support.testing.node.Cluster;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What the bus loses is found in the journal, and in nothing but the journal. */
class RepairerIT {
    private static final int MESSAGES = 20;
    /** Of a repair, on a busy machine; the aim is 2 seconds. */
    private static final Duration REPAIR = Duration.ofSeconds(10);

    @Test
    void whatACutBusLosesIsFoundInTheJournal() {
        try (Scene scene = new Scene(true)) {
            scene.talkOverACutBus();

            Awaitility.await()
                    .atMost(REPAIR)
                    .untilAsserted(
                            () -> assertThat(scene.verdict().violations()).isEmpty());
        }
    }

    @Test
    void whatACutBusLosesStaysLostWithoutTheRepairer() {
        try (Scene scene = new Scene(false)) {
            scene.talkOverACutBus();

            Awaitility.await()
                    .pollDelay(REPAIR)
                    .atMost(REPAIR.multipliedBy(2))
                    .untilAsserted(() -> assertThat(scene.verdict().broken()).containsExactly(Invariant.COMPLETE));
        }
    }

    /** Two nodes, Alice on the one, Bob on the other. */
    private static final class Scene implements AutoCloseable {
        private final Cluster cluster;
        private final Cast cast;
        private final List<Person> people;
        private final UUID group;
        private final ParleyClient alice;
        private final ParleyClient bob;

        Scene(boolean repair) {
            cluster = Cluster.prepare(2, config -> config.with("journal.repair", Boolean.toString(repair)));
            cluster.add(2);
            cast = new Cast(cluster.clients(), cluster.operator());
            people = cast.people(List.of("alice", "bob"));
            group = cast.group(people.get(0), people.get(1));
            alice = new ParleyClient(cluster.clientsOf(0), people.get(0), ClientSettings.device("phone"));
            bob = new ParleyClient(cluster.clientsOf(1), people.get(1), ClientSettings.device("phone"));
            await(alice.connect());
            await(bob.connect());
        }

        void talkOverACutBus() {
            await(alice.send(group, "over the bus"));
            Awaitility.await()
                    .atMost(REPAIR)
                    .until(() -> bob.history().entries().stream().anyMatch(Entry.Received.class::isInstance));
            List.of(cluster.network().bus(0, 1), cluster.network().bus(1, 0)).forEach(Link::refuse);
            for (int i = 0; i < MESSAGES; i++) {
                await(alice.send(group, "into the void " + i));
            }
            List.of(alice, bob).forEach(device -> device.history().add(new Entry.Settled()));
        }

        /** Bob's own questions, after a pong or so, do not count. */
        Verdict verdict() {
            TruthReader reader = new TruthReader();
            reader.readRoom(
                    cast.api(people.get(0)),
                    group,
                    people.stream().map(Person::id).toList());
            return Checker.check(List.of(alice.history(), bob.history()), reader.truth());
        }

        @Override
        public void close() {
            await(alice.disconnect());
            await(bob.disconnect());
            cast.close();
            cluster.close();
        }
    }
}
