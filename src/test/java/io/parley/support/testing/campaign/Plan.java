package io.parley.support.testing.campaign;

import java.util.List;

/**
 * How much traffic. All rates are per second over all people; all choices come from the seed, the times at which
 * things happen do not.
 *
 * @param roomSizes one conversation each, by the number of people at its beginning
 * @param secondDevices how many people have two devices
 * @param moves people added or removed
 * @param reconnects connections that a device gives up and makes anew a little later
 * @param reads read marks moved
 */
public record Plan(
        long seed,
        int people,
        List<Integer> roomSizes,
        int secondDevices,
        double sends,
        double moves,
        double reconnects,
        double reads) {
    /** A small town: thirty people in rooms of two, ten and all. */
    public static Plan town(long seed) {
        return new Plan(seed, 30, List.of(2, 2, 2, 5, 10, 10, 10, 29), 5, 60, 2, 2, 4);
    }

    public Plan withSends(double perSecond) {
        return new Plan(seed, people, roomSizes, secondDevices, perSecond, moves, reconnects, reads);
    }

    /** Nobody is added, removed or reconnected. */
    public Plan calm() {
        return new Plan(seed, people, roomSizes, secondDevices, sends, 0, 0, reads);
    }
}
