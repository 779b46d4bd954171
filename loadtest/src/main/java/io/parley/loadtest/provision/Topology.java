package io.parley.loadtest.provision;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Who is in which room, in layers: in each layer everybody is in the same number of rooms, all rooms (but the last of a
 * round) are of one size, and people are dealt out anew in each round, so that who shares one room with somebody rarely
 * shares another.
 *
 * @param members for each room its people, as indexes from 0
 * @param roomsOf for each person his rooms, ascending; those of the first layer come first
 * @param shares which of everybody's rooms how many of his sends go to
 */
public record Topology(int people, List<int[]> members, List<int[]> roomsOf, Shares shares) {
    /**
     * Rooms of one kind.
     *
     * @param size people in each
     * @param each of how many everybody is a member
     * @param share of the sends that go there, in proportion to the shares of the other layers
     */
    public record Layer(int size, int each, double share) {}

    public static Topology of(int people, List<Layer> layers, long seed) {
        List<int[]> members = new ArrayList<>();
        List<int[]> roomsOf = new ArrayList<>();
        int roomsEach = layers.stream().mapToInt(Layer::each).sum();
        for (int person = 0; person < people; person++) {
            roomsOf.add(new int[roomsEach]);
        }
        int[] order = new int[people];
        Arrays.setAll(order, i -> i);
        Random random = new Random(seed);
        int round = 0;
        for (Layer layer : layers) {
            for (int i = 0; i < layer.each(); i++) {
                deal(order, layer.size(), round++, members, roomsOf);
                shuffle(order, random);
            }
        }
        return new Topology(people, members, roomsOf, new Shares(layers));
    }

    private static void deal(int[] order, int size, int round, List<int[]> members, List<int[]> roomsOf) {
        for (int from = 0; from < order.length; from += size) {
            int[] room = Arrays.copyOfRange(order, from, Math.min(from + size, order.length));
            for (int person : room) {
                roomsOf.get(person)[round] = members.size();
            }
            members.add(room);
        }
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
