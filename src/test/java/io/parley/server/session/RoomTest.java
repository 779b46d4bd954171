package io.parley.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RoomTest {
    @Test
    void addingAndRemovingAtRandomKeepsExactlyThoseThatAreIn() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Lab lab = new Lab(1);
        Session session = lab.guest(0).session;
        Room room = new Room(new UUID(0, 1));
        List<Subscription> in = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            if (in.isEmpty() || random.nextInt(5) < 2 + i / 2_500) {
                Subscription added = new Subscription(session, room, i, 0);
                room.add(added);
                in.add(added);
            } else {
                room.remove(in.remove(random.nextInt(in.size())));
            }
            assertThat(identities(room.subscriptions)).as("seed %d", seed).isEqualTo(identities(in));
        }
        lab.close();
    }

    private static Set<Long> identities(List<Subscription> subscriptions) {
        Set<Long> versions = new HashSet<>();
        subscriptions.forEach(subscription -> versions.add(subscription.from));
        assertThat(versions).hasSameSizeAs(subscriptions);
        return versions;
    }
}
