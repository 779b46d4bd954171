package io.parley.loadtest.provision;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Who is in which room: everybody in the same number of rooms, all rooms (but the last of a round) of one size, and
 * dealt out anew in each round, so that who shares one room with somebody rarely shares another.
 *
 * @param members for each room its people, as indexes from 0
 * @param roomsOf for each person his rooms, ascending
 */
public record Topology(int people, List<int[]> members, List<int[]> roomsOf) {
    /** @param roomsEach of how many rooms everybody is a member */
    public static Topology of(int people, int roomsEach, int roomSize, long seed) {
        List<int[]> members = new ArrayList<>();
        List<int[]> roomsOf = new ArrayList<>();
        for (int person = 0; person < people; person++) {
            roomsOf.add(new int[roomsEach]);
        }
        int[] order = new int[people];
        Arrays.setAll(order, i -> i);
        Random random = new Random(seed);
        for (int round = 0; round < roomsEach; round++) {
            for (int from = 0; from < people; from += roomSize) {
                int[] room = Arrays.copyOfRange(order, from, Math.min(from + roomSize, people));
                for (int person : room) {
                    roomsOf.get(person)[round] = members.size();
                }
                members.add(room);
            }
            shuffle(order, random);
        }
        return new Topology(people, members, roomsOf);
    }

    private static void shuffle(int[] order, Random random) {
        for (int i = order.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int kept = order[i];
            order[i] = order[other];
            order[other] = kept;
        }
    }
}
