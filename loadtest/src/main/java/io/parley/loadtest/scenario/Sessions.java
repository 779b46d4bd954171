package io.parley.loadtest.scenario;

import java.util.List;

/**
 * People connect and say nothing: what a session costs that only waits, and how quickly many of them come.
 *
 * @param sessions how many, one step for each; every step adds to those of the one before
 * @param holdMs of silence, in which only heartbeats are exchanged
 * @param collectGarbage whether the server's garbage is collected before each look
 * @param mostSeconds until all must be ready
 */
public record Sessions(Common common, List<Integer> sessions, long holdMs, boolean collectGarbage, int mostSeconds)
        implements Scenario {
    static Sessions of(String name, Settings settings) {
        List<Integer> sessions = settings.numbers("sessions", "1000").stream()
                .map(Double::intValue)
                .toList();
        int most = sessions.stream().mapToInt(i -> i).max().orElseThrow();
        return new Sessions(
                Scenario.common(name, settings, most, Scenario.rooms(settings), false, 64),
                sessions,
                settings.millis("hold", "10s"),
                settings.flag("collectGarbage", false),
                settings.number("mostSeconds", 120, 1));
    }
}
