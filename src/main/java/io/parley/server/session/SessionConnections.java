package io.parley.server.session;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The connections of one event loop, and whose turn it is to be looked at: who has not said who he is each time, the
 * others, of whom there are very many and most of them silent, in turn.
 */
final class SessionConnections {
    /** Of those who are known, one in so many is looked at each time. */
    static final int SHARES = 8;

    private final Set<LiveConnection> strangers = new LinkedHashSet<>();
    private final List<Set<LiveConnection>> known;
    private final long[] waiting = new long[SHARES + 1];
    private int next;

    SessionConnections() {
        known = IntStream.range(0, SHARES)
                .<Set<LiveConnection>>mapToObj(share -> new HashSet<>())
                .toList();
    }

    void add(LiveConnection connection) {
        strangers.add(connection);
    }

    void remove(LiveConnection connection) {
        if (!strangers.remove(connection)) {
            share(connection).remove(connection);
        }
    }

    private Set<LiveConnection> share(LiveConnection connection) {
        return known.get(Math.floorMod(System.identityHashCode(connection), SHARES));
    }

    int size() {
        return strangers.size() + known.stream().mapToInt(Set::size).sum();
    }

    /** As of now: the connections may end while they are gone through. */
    List<LiveConnection> all() {
        return Stream.concat(strangers.stream(), known.stream().flatMap(Set::stream))
                .toList();
    }

    /**
     * Looks at those whose turn it is.
     *
     * @param now of the clock that nobody sets, in nanoseconds
     * @param nowMillis of the clock by which tokens expire
     */
    void check(long now, long nowMillis) {
        List<LiveConnection> introduced =
                strangers.stream().filter(LiveConnection::isKnown).toList();
        introduced.forEach(connection -> {
            strangers.remove(connection);
            share(connection).add(connection);
        });
        waiting[SHARES] = check(strangers, now, nowMillis);
        waiting[next] = check(known.get(next), now, nowMillis);
        next = (next + 1) % SHARES;
    }

    private static long check(Set<LiveConnection> some, long now, long nowMillis) {
        long bytes = 0;
        for (LiveConnection connection : new ArrayList<>(some)) {
            connection.check(now, nowMillis);
            bytes += connection.waiting();
        }
        return bytes;
    }

    /** Bytes that waited for all sockets when they were last looked at. */
    long waiting() {
        long sum = 0;
        for (long bytes : waiting) {
            sum += bytes;
        }
        return sum;
    }
}
