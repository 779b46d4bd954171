package io.parley.loadtest.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parley.loadtest.provision.Topology.Layer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScenariosTest {
    private static final String TALK = """
            about: For this test.
            kind: talk
            people: 20
            rooms: [{size: 2, each: 3}, {size: 10, share: 0.5}]
            rates: [100, 1000-3000/1000, 500*2]
            step: 1.5m
            stopAt: {receive.p95Ms: 100}
            thresholds: {violations: 0, sendsPerSecond: ">= 90"}
            faults:
              - {at: 500ms, run: "kill 1"}
              - {at: 2s, drop: 0.5}
            """;

    private static Talk talk(String yaml, Map<String, String> changes) {
        return (Talk) Scenarios.parse("test", yaml, changes);
    }

    @Test
    void whatTheFileSaysIsRead() {
        Talk talk = talk(TALK, Map.of());

        assertThat(talk.rates()).containsExactly(100.0, 1000.0, 2000.0, 3000.0, 500.0, 500.0);
        assertThat(talk.stepMs()).isEqualTo(90_000);
        assertThat(talk.warmUpMs()).isEqualTo(10_000);
        assertThat(talk.common().people()).isEqualTo(20);
        assertThat(talk.common().rooms()).hasSize(2);
        assertThat(talk.common().rooms().get(0).share()).isEqualTo(3);
        assertThat(talk.common().rooms().get(1).share()).isEqualTo(0.5);
        assertThat(talk.common().thresholds())
                .containsExactly(new Threshold("violations", false, 0), new Threshold("sendsPerSecond", true, 90));
        assertThat(talk.stopAt()).containsExactly(new Threshold("receive.p95Ms", false, 100));
        assertThat(talk.faults()).containsExactly(new Talk.Fault(500, "kill 1", 0), new Talk.Fault(2_000, "", 0.5));
        assertThat(talk.common().clients().lasting())
                .as("who is cut off comes back, where that is planned")
                .isTrue();
    }

    @Test
    void theCommandLineSaysOtherwise() {
        Talk talk = talk(
                TALK,
                Map.of(
                        "people", "30",
                        "rates", "50-150/50",
                        "rooms.0.size", "4",
                        "thresholds.receive.p95Ms", "20",
                        "clients.connectWindow", "7",
                        "faults", "[]"));

        assertThat(talk.common().people()).isEqualTo(30);
        assertThat(talk.rates()).containsExactly(50.0, 100.0, 150.0);
        assertThat(talk.common().rooms().get(0).size()).isEqualTo(4);
        assertThat(talk.common().thresholds()).contains(new Threshold("receive.p95Ms", false, 20));
        assertThat(talk.common().clients().connectWindow()).isEqualTo(7);
        assertThat(talk.faults()).isEmpty();
    }

    @Test
    void mistakesAreToldWithTheirPath() {
        fails("colour", "red", "there is no key colour");
        fails("rooms.0.colour", "red", "there is no key rooms.0.colour");
        fails("people", "many", "people must be a whole number");
        fails("step", "20", "step must be a duration");
        fails("rates", "fast", "rates must be numbers");
        fails("rates", "0", "rates must be numbers above 0");
        fails("thresholds.receive.p95", "1", "there is no figure receive.p95");
        fails("thresholds.errors", "few", "errors must be a number");
        fails("kind", "dance", "kind must be");
        fails("faults.1.drop", "2", "drop");
        fails("rooms.9.size", "2", "no place");
        assertThatThrownBy(() -> Scenarios.parse("test", "kind: talk", Map.of()))
                .hasMessage("about is missing");
        assertThatThrownBy(() -> Scenarios.parse("test", "- a", Map.of())).hasMessageContaining("mapping");
        assertThatThrownBy(() -> Scenarios.parse("test", "a: [", Map.of())).hasMessageContaining("YAML");
    }

    private static void fails(String key, String value, String complaint) {
        assertThatThrownBy(() -> talk(TALK, Map.of(key, value)))
                .isInstanceOf(Mistake.class)
                .hasMessageContaining(complaint);
    }

    @Test
    void aGroupHasRoomsOfTheConnectedOnly() {
        Group group = (Group) Scenarios.parse(
                "test",
                "{about: x, kind: group, members: 500, connected: 50, beside: '50,10', rate: 5, thresholds: {ratio.ack: 2}}",
                Map.of("rounds", "4"));

        assertThat(group.members()).isEqualTo(500);
        assertThat(group.rounds()).isEqualTo(4);
        assertThat(group.common().people()).isEqualTo(50);
        assertThat(group.common().rooms())
                .containsExactly(new Layer(50, 1, 1), new Layer(50, 1, 1), new Layer(10, 1, 1));
        assertThat(group.talk().rates()).containsExactly(5.0);
        assertThat(group.talk().activity().talks()).isFalse();
        assertThatThrownBy(() -> Scenarios.parse(
                        "test", "{about: x, kind: group, members: 500, connected: 50, beside: 51}", Map.of()))
                .isInstanceOf(Mistake.class)
                .hasMessageContaining("fewer");
    }

    @Test
    void allThatComeWithTheHarnessCanBeRead() {
        List<Scenario> all = new Scenarios(Path.of("scenarios")).all();

        assertThat(all)
                .extracting(scenario -> scenario.common().name())
                .contains("smoke", "rooms", "large-room", "idle", "connect-storm", "reconnect-storm")
                .contains("mixed", "history", "soak", "faults", "large-group");
        assertThat(all)
                .allSatisfy(
                        scenario -> assertThat(scenario.common().thresholds()).isNotEmpty());
    }

    @Test
    void whatIsNotThereIsToldByName() {
        assertThatThrownBy(() -> new Scenarios(Path.of("scenarios")).find("ballroom", Map.of()))
                .hasMessageContaining("ballroom");
    }
}
