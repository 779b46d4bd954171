package io.parley.loadtest.provision;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TopologyTest {
    @Test
    void everybodyIsInAsManyRoomsAsAskedForAndRoomsAreFull() {
        Topology topology = Topology.of(95, 3, 10, 1);

        assertThat(topology.members()).hasSize(30);
        assertThat(topology.members().stream().filter(room -> room.length == 10))
                .hasSize(27);
        for (int person = 0; person < 95; person++) {
            int[] rooms = topology.roomsOf().get(person);
            assertThat(rooms).hasSize(3).isSorted();
            for (int room : rooms) {
                assertThat(topology.members().get(room)).contains(person);
            }
        }
    }
}
