package io.parley.loadtest.provision;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.loadtest.provision.Topology.Layer;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopologyTest {
    @Test
    void everybodyIsInAsManyRoomsAsAskedForAndRoomsAreFull() {
        Topology topology = Topology.of(95, List.of(new Layer(10, 3, 3)), 1);

        assertThat(topology.members()).hasSize(30);
        assertThat(topology.members().stream().filter(room -> room.length == 10))
                .hasSize(27);
        everybodyIsWhereHisRoomsSay(topology, 3);
    }

    @Test
    void layersFollowOneAnotherWithTheirShares() {
        Topology topology = Topology.of(100, List.of(new Layer(2, 2, 8), new Layer(50, 1, 2)), 1);

        assertThat(topology.members()).hasSize(50 + 50 + 2);
        everybodyIsWhereHisRoomsSay(topology, 3);
        assertThat(topology.shares().slot(0.39)).isEqualTo(0);
        assertThat(topology.shares().slot(0.41)).isEqualTo(1);
        assertThat(topology.shares().slot(0.81)).isEqualTo(2);
        assertThat(topology.shares().slot(0.999999)).isEqualTo(2);
    }

    private static void everybodyIsWhereHisRoomsSay(Topology topology, int roomsEach) {
        for (int person = 0; person < topology.people(); person++) {
            int[] rooms = topology.roomsOf().get(person);
            assertThat(rooms).hasSize(roomsEach).isSorted();
            for (int room : rooms) {
                assertThat(topology.members().get(room)).contains(person);
            }
        }
    }
}
