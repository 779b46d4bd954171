package io.parley.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.testing.campaign.Fault;
import io.parley.support.testing.campaign.Plan;
import io.parley.support.testing.node.ServerUnderNode;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PostgresRestartIT {
    private final Battlefield field = Battlefield.open();
    private final ServerUnderNode postgres = field.node().postgres();

    @AfterEach
    void clear() {
        field.close();
    }

    @Test
    void nothingIsLostWhenPostgresqlCrashesAndComesBack() {
        field.survive(
                Plan.town(Battlefield.SEED),
                Fault.after(Duration.ofSeconds(4), "stop PostgreSQL at once", postgres::stopImmediately),
                Fault.after(Duration.ofSeconds(4), "start PostgreSQL", postgres::start),
                Fault.after(Duration.ofSeconds(4), "kill -9 PostgreSQL", postgres::killForcibly),
                Fault.after(Duration.ofSeconds(1), "start PostgreSQL", postgres::start));

        assertThat(field.node().isAlive()).isTrue();
    }

    @Test
    void nothingIsLostWhenPostgresqlIsRestartedByItsAdministrator() {
        field.survive(
                Plan.town(Battlefield.SEED),
                Fault.after(Duration.ofSeconds(4), "stop PostgreSQL", postgres::stopFast),
                Fault.after(Duration.ofSeconds(1), "start PostgreSQL", postgres::start));

        assertThat(field.node().isAlive()).isTrue();
    }

    @Test
    void nothingIsLostWhenPostgresqlHangs() {
        field.survive(
                Plan.town(Battlefield.SEED),
                Fault.after(Duration.ofSeconds(3), "freeze PostgreSQL", postgres::pauseAll),
                Fault.after(Duration.ofSeconds(20), "thaw PostgreSQL", postgres::resumeAll));

        assertThat(field.node().isAlive()).isTrue();
    }
}
