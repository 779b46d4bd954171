package io.parley.support.testing.campaign;

import io.parley.support.testing.client.Way;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How much traffic. All rates are per second over all people; all choices come from the seed, the times at which
 * things happen do not.
 *
 * @param connected how many of the people have devices; rooms that are small enough have only such members
 * @param roomSizes one conversation each, by the number of people at its beginning
 * @param secondDevices how many people have two devices
 * @param sends messages sent over the WebSocket, or bursts of some
 * @param restSends messages sent over REST
 * @param moves people added or removed
 * @param reconnects connections that a device gives up and makes anew a little later
 * @param reads read marks moved, and as many pages of histories read
 * @param ways how devices get their events, in turn
 */
public record Plan(
        long seed,
        int people,
        int connected,
        List<Integer> roomSizes,
        int secondDevices,
        double sends,
        double restSends,
        double moves,
        double reconnects,
        double reads,
        List<Way> ways) {
    private static final List<Way> SOCKETS = List.of(Way.SOCKET);

    /** A small town: thirty people in rooms of two, ten and all. */
    public static Plan town(long seed) {
        return new Plan(seed, 30, 30, List.of(2, 2, 2, 5, 10, 10, 10, 29), 5, 60, 2, 2, 2, 4, SOCKETS);
    }

    /** Rooms of two and of ten, and one of a thousand, of whom most are away. */
    public static Plan city(long seed) {
        List<Integer> rooms = Stream.of(many(20, 2), many(12, 10), many(1, 1_000))
                .flatMap(List::stream)
                .toList();
        return new Plan(seed, 1_000, 60, rooms, 10, 10, 4, 1, 1, 3, SOCKETS);
    }

    private static List<Integer> many(int rooms, int size) {
        return IntStream.range(0, rooms).mapToObj(room -> size).toList();
    }

    public Plan withSends(double perSecond) {
        return new Plan(
                seed,
                people,
                connected,
                roomSizes,
                secondDevices,
                perSecond,
                restSends,
                moves,
                reconnects,
                reads,
                ways);
    }

    /** Devices come by all ways. */
    public Plan byAllWays() {
        return new Plan(
                seed,
                people,
                connected,
                roomSizes,
                secondDevices,
                sends,
                restSends,
                moves,
                reconnects,
                reads,
                List.of(Way.values()));
    }

    /** Nobody reconnects of his own will. */
    public Plan steady() {
        return new Plan(seed, people, connected, roomSizes, secondDevices, sends, restSends, moves, 0, reads, ways);
    }

    /** Nobody is added, removed or reconnected. */
    public Plan calm() {
        return new Plan(seed, people, connected, roomSizes, secondDevices, sends, restSends, 0, 0, reads, ways);
    }
}
