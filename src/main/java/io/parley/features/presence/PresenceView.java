package io.parley.features.presence;

import io.parley.bus.PresenceFrame.Standing;
import io.parley.features.presence.PresenceActions.Person;
import org.jspecify.annotations.Nullable;

/**
 * What is made of a person's devices and his choice.
 *
 * <p>Of several devices the best counts: online before away. Busy is said of the person, so it covers what his devices
 * do, as long as there is one. Whoever is invisible is offline to all others since he chose so, and invisible to himself.
 */
final class PresenceView {
    private PresenceView() {}

    /**
     * What Redis keeps of a person.
     *
     * @param chosen online, busy or invisible
     * @param best 0 no device, 1 away, 2 online
     * @param seen when something was last done on a device, in ms; null: never, as far as is known
     * @param since when he made the choice, in ms
     * @param turn counts changes
     */
    record Kept(
            String chosen,
            int best,
            @Nullable Long seen,
            @Nullable Long since,
            long turn) {}

    /** @param settling nobody is known to be offline yet */
    static Standing of(Person person, Kept kept, long epoch, boolean settling) {
        Status devices = switch (kept.best()) {
            case 0 -> settling ? Status.UNKNOWN : Status.OFFLINE;
            case 1 -> Status.AWAY;
            default -> Status.ONLINE;
        };
        Status chosen = Status.of(kept.chosen());
        boolean invisible = chosen == Status.INVISIBLE;
        Status own = kept.best() > 0 && chosen != Status.ONLINE ? chosen : devices;
        Status shown = invisible ? Status.OFFLINE : own;
        return new Standing(
                person.tenant(),
                person.user(),
                shown.word(),
                own.word(),
                invisible ? kept.since() : kept.seen(),
                Standing.NOBODY,
                epoch,
                kept.turn());
    }

    /** Redis cannot be asked. */
    static Standing unknown(Person person) {
        String word = Status.UNKNOWN.word();
        return new Standing(person.tenant(), person.user(), word, word, null, Standing.NOBODY, 0, 0);
    }
}
