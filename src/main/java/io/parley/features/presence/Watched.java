package io.parley.features.presence;

import io.parley.bus.PresenceFrame.Standing;
import io.parley.features.presence.PresenceActions.Person;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A person whom sessions of one event loop watch: how he stands as far as is known there, and who watches him. */
final class Watched {
    final Person person;
    final List<Watch.Look> looks = new ArrayList<>(1);

    /** Null until it has been asked for the first time. */
    @Nullable
    Standing standing;

    Watched(Person person) {
        this.person = person;
    }

    /** Whether {@code one} was overtaken by {@code other}. */
    static boolean older(Standing one, Standing other) {
        return one.epoch() == other.epoch() && one.turn() < other.turn();
    }

    /** Takes what is not older than what is known, and marks him in the lists of those for whom it looks different. */
    void stands(Standing next) {
        Standing last = standing;
        if (last != null && older(next, last)) {
            return;
        }
        standing = next;
        if (last != null) {
            looks.forEach(look -> look.watch.stands(look, last, next));
        }
    }

    void add(Watch.Look look) {
        look.index = looks.size();
        looks.add(look);
    }

    /** Removes in constant time: the last one takes the place of the removed one. */
    void remove(Watch.Look look) {
        Watch.Look last = looks.removeLast();
        if (last != look) {
            looks.set(look.index, last);
            last.index = look.index;
        }
    }
}
