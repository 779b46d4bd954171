package io.parley.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.testing.campaign.Fault;
import io.parley.support.testing.campaign.Plan;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KillNodeIT {
    private final Battlefield field = Battlefield.open();

    @AfterEach
    void clear() {
        field.close();
    }

    @Test
    void nothingIsLostWhenTheNodeIsKilledAmidTraffic() {
        field.survive(
                Plan.town(Battlefield.SEED),
                Fault.after(Duration.ofSeconds(4), "kill -9", field.node()::killForcibly),
                Fault.after(Duration.ofSeconds(1), "start", field.node()::start),
                Fault.after(Duration.ofSeconds(3), "kill -9", field.node()::killForcibly),
                Fault.after(Duration.ofSeconds(1), "start", field.node()::start));
    }

    @Test
    void nothingIsLostWhenNodeAndDatabaseAreKilledAtOnce() {
        field.survive(
                Plan.town(Battlefield.SEED),
                Fault.after(Duration.ofSeconds(4), "kill -9 of everything", () -> {
                    field.node().killForcibly();
                    field.node().postgres().killForcibly();
                    field.node().redis().killForcibly();
                }),
                Fault.after(Duration.ofSeconds(1), "start", field.node()::start));
    }

    @Test
    void nothingIsLostWhenTheNodeIsStoppedInAnOrderlyWay() {
        field.survive(
                Plan.town(Battlefield.SEED),
                Fault.after(
                        Duration.ofSeconds(4),
                        "stop",
                        () -> assertThat(field.node().terminate()).isIn(0, 143)),
                Fault.after(Duration.ofSeconds(1), "start", field.node()::start));
    }

    @Test
    void nothingIsLostWhenTheNodeStandsStillForAWhile() {
        field.survive(
                Plan.town(Battlefield.SEED),
                Fault.after(Duration.ofSeconds(5), "pause", field.node()::pause),
                Fault.after(Duration.ofSeconds(8), "go on", field.node()::resume));
    }
}
