package io.parley.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PortsTest {

    @Test
    void zeroMeansTwoDifferentFreePorts() throws Exception {
        Ports ports = Ports.choose(0, 0);

        assertThat(ports.postgres()).isPositive().isNotEqualTo(ports.redis());
        assertThat(ports.redis()).isPositive();
    }

    @Test
    void aWishedPortIsKept() throws Exception {
        int free = Ports.choose(0, 0).redis();

        assertThat(Ports.choose(0, free).redis()).isEqualTo(free);
    }

    @Test
    void onePortForBothIsRefused() throws Exception {
        int free = Ports.choose(0, 0).redis();

        assertThatThrownBy(() -> Ports.choose(free, free))
                .isInstanceOf(EmbeddedException.class)
                .hasMessageContaining("Redis cannot have port " + free);
    }
}
