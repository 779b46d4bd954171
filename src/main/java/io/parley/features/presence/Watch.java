package io.parley.features.presence;

import io.parley.features.presence.PresenceEvents.Seen;
import io.parley.server.session.Caller;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/** Whom one session watches, and what it has not been told yet. */
final class Watch {
    final Caller session;
    final Map<UUID, Look> looks = new HashMap<>();
    private final Set<Look> changed = new LinkedHashSet<>(1);
    private final Set<Watch> toTell;

    /** One session that watches one person. */
    static final class Look {
        final Watch watch;
        final Watched watched;

        /** Place in the list of the watched, kept by it. */
        int index;

        Look(Watch watch, Watched watched) {
            this.watch = watch;
            this.watched = watched;
        }
    }

    /** @param toTell where it puts itself when there is anything to tell */
    Watch(Caller session, Set<Watch> toTell) {
        this.session = session;
        this.toTell = toTell;
    }

    UUID viewer() {
        return session.principal().user();
    }

    void changed(Look look) {
        changed.add(look);
        toTell.add(this);
    }

    /** The person is not watched any more. */
    void forget(Look look) {
        looks.remove(look.watched.person.user());
        changed.remove(look);
    }

    /** Tells what has changed, as it stands now; when the socket is too slow, another time. */
    boolean tell() {
        if (changed.isEmpty()
                || session.offer(PresenceEvents.presence(seen(changed.stream().toList())))) {
            changed.clear();
            return true;
        }
        return false;
    }

    /** As this session sees them; those of whom nothing has been heard yet are left out. */
    List<Seen> seen(List<Look> some) {
        return some.stream()
                .map(look -> look.watched.standing)
                .filter(Objects::nonNull)
                .map(standing -> PresenceEvents.seen(standing, viewer()))
                .toList();
    }
}
