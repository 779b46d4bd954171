package io.parley.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.loadtest.check.Recorder;
import io.parley.loadtest.check.Rhythm;
import io.parley.loadtest.check.SendPlan;
import io.parley.loadtest.check.Violation;
import io.parley.loadtest.client.Fleet;
import io.parley.loadtest.provision.Topology;
import io.parley.loadtest.provision.Topology.Layer;
import io.parley.loadtest.run.Crowd.Ended;
import io.parley.loadtest.run.Crowd.Order;
import io.parley.loadtest.run.Crowd.Remaining;
import io.parley.loadtest.scenario.Scenario;
import io.parley.loadtest.scenario.Talk.Activity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Twenty people talk over real sockets to a server in memory, in one process and dealt out to workers. */
class CrowdTest {
    private static final Activity NOTHING = new Activity(0, 0, 0, 0, 50);
    private static final List<Layer> ROOMS = List.of(new Layer(5, 2, 2));
    private static final int SENDS = 200;
    private static final int DELIVERIES = SENDS * 5;
    private static final Fleet.Settings CLIENTS = new Fleet.Settings(2, 10, false, 64, true);
    private static final long DEADLINE_NANOS = 20_000_000_000L;

    private final List<Worker> workers = new ArrayList<>();
    private final FakeServer server;

    private record Outcome(Ended ended, Recorder recorder, boolean complete) {}

    CrowdTest() throws IOException {
        server = new FakeServer(Topology.of(20, ROOMS, 1));
    }

    @AfterEach
    void stop() throws IOException {
        workers.forEach(Worker::close);
        server.close();
    }

    private Crowd local() {
        return new LocalCrowd(server.population(), List.of(server.socket()), CLIENTS, Fleet.Share.ALL);
    }

    private Crowd threeWorkers() throws IOException, ScenarioFailure {
        List<URI> addresses = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Worker worker = new Worker("127.0.0.1", 0);
            workers.add(worker);
            InetSocketAddress address = worker.start();
            addresses.add(URI.create("http://127.0.0.1:" + address.getPort()));
        }
        Scenario.Common common = new Scenario.Common("test", "", 20, ROOMS, 1, CLIENTS, List.of());
        return new Workers(
                HttpClient.newHttpClient(), addresses, server.population(), List.of(server.socket()), common);
    }

    /** Lets everybody talk for a second in all rooms, and cuts all connections in the midst of it if that is wanted. */
    private static Outcome talk(Crowd crowd, boolean drop, int drainSeconds) throws ScenarioFailure {
        return talk(crowd, SendPlan.BY_SHARES, drop, drainSeconds);
    }

    private static Outcome talk(Crowd crowd, int slot, boolean drop, int drainSeconds) throws ScenarioFailure {
        assertThat(crowd.connect(20, 10).ready()).isEqualTo(20);
        long start = LocalCrowd.epochNanos() + 200_000_000;
        crowd.begin(new Order(1, 42, start, Rhythm.even(SENDS), SENDS, slot), NOTHING);
        long began = System.nanoTime();
        boolean toDrop = drop;
        Remaining now = crowd.remaining(crowd.heads());
        long deadline = began + DEADLINE_NANOS;
        while (now.sending() || (!isDone(now) && System.nanoTime() < deadline)) {
            LockSupport.parkNanos(20_000_000);
            if (toDrop && System.nanoTime() - began > 700_000_000) {
                crowd.drop(1);
                toDrop = false;
            }
            boolean wasSending = now.sending();
            now = crowd.remaining(now.heads());
            if (wasSending && !now.sending()) {
                deadline = System.nanoTime() + drainSeconds * 1_000_000_000L;
            }
        }
        return new Outcome(crowd.end(now.heads()), crowd.pulse().recorder(), isDone(now));
    }

    private static boolean isDone(Remaining now) {
        return now.unanswered() == 0 && now.lacking() == 0 && now.standing().settled() == 20;
    }

    private void everybodyHasEverything(Outcome outcome) {
        assertThat(outcome.ended().violations().examples()).isEmpty();
        assertThat(outcome.complete()).isTrue();
        assertThat(server.committed()).isEqualTo(SENDS);
        assertThat(Arrays.stream(outcome.ended().committed()).sum()).isEqualTo(SENDS);
        assertThat(outcome.recorder().ack().getTotalCount()).isEqualTo(SENDS);
        assertThat(outcome.recorder().receive().getTotalCount()).isEqualTo(DELIVERIES);
        assertThat(outcome.recorder().errors()).isEmpty();
    }

    @Test
    void everybodyGetsEverything() throws ScenarioFailure {
        try (Crowd crowd = local()) {
            everybodyHasEverything(talk(crowd, false, 10));
        }
    }

    @Test
    void eachSendHasALastReceiver() throws ScenarioFailure {
        try (Crowd crowd = local()) {
            Outcome outcome = talk(crowd, false, 10);

            assertThat(outcome.ended().last().getTotalCount()).isEqualTo(SENDS);
            assertThat(outcome.ended().last().getMaxValue())
                    .isEqualTo(outcome.recorder().receive().getMaxValue());
        }
    }

    @Test
    void onlyTheRoomsThatTheOrderNamesAreSpokenIn() throws ScenarioFailure {
        try (Crowd crowd = local()) {
            Outcome outcome = talk(crowd, 1, false, 10);

            everybodyHasEverything(outcome);
            int[] committed = outcome.ended().committed();
            int firstOfTheSecondRound = 4;
            assertThat(Arrays.copyOf(committed, firstOfTheSecondRound)).containsOnly(0);
        }
    }

    @Test
    void whoIsCutOffComesBackAndHasEverything() throws ScenarioFailure {
        try (Crowd crowd = local()) {
            Outcome outcome = talk(crowd, true, 10);

            everybodyHasEverything(outcome);
            assertThat(outcome.recorder().of(Recorder.Time.BEHIND).getTotalCount())
                    .isEqualTo(20);
            assertThat(outcome.recorder().lastBackNanos()).isNotZero();
        }
    }

    @Test
    void workersTogetherSeeWhatOneProcessSees() throws ScenarioFailure, IOException {
        try (Crowd crowd = threeWorkers()) {
            Outcome outcome = talk(crowd, true, 10);

            everybodyHasEverything(outcome);
            assertThat(outcome.recorder().of(Recorder.Time.BEHIND).getTotalCount())
                    .isEqualTo(20);
            assertThat(outcome.ended().paced().sent()).isEqualTo(SENDS);
        }
    }

    @Test
    void whatAWorkerLacksIsFoundEvenIfOnlyAnotherKnowsOfIt() throws ScenarioFailure, IOException {
        server.forgets = (person, version) -> person == 7 && version > 3;
        try (Crowd crowd = threeWorkers()) {
            Outcome outcome = talk(crowd, false, 1);

            assertThat(outcome.complete()).isFalse();
            assertThat(outcome.ended().violations().count(Violation.LOST)).isPositive();
            assertThat(outcome.ended().violations().counts()).containsOnlyKeys(Violation.LOST);
        }
    }
}
