package io.parley.features.presence;

import io.parley.bus.PresenceFrame.Standing;
import io.parley.features.contacts.ContactActions;
import io.parley.features.presence.PresenceEvents.Seen;
import io.parley.server.session.Caller;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Whom one session watches, and what it has not been told yet. */
final class Watch implements Veils.Onlooker {
    final Caller session;
    final Map<UUID, Look> looks = new HashMap<>();
    private final Set<Look> changed = new LinkedHashSet<>(1);
    private final Set<Watch> toTell;

    /** Null until it has been asked for the first time; before that nothing is told. */
    private @Nullable Veil veil;

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

    @Override
    public ContactActions.Person person() {
        return new ContactActions.Person(session.principal().tenant(), viewer());
    }

    /** Whether it is known who hides, and stays so until a frame says otherwise: a guest soon knows other people. */
    boolean isVeiled() {
        return veil != null && !veil.ofGuest();
    }

    /** Who hides from this session is known, or known not to be known; it is told where that makes a difference. */
    @Override
    public void veiled(Veil next) {
        Veil last = veil;
        veil = next;
        if (last != null) {
            looks.values().stream()
                    .filter(look -> look.watched.standing != null
                            && !seen(look.watched.standing, last).equals(seen(look.watched.standing, next)))
                    .forEach(this::changed);
        }
    }

    /** A person whom it looks at stands differently; it is told unless that looks the same to it. */
    void stands(Look look, Standing last, Standing next) {
        if (veil != null && !seen(last, veil).equals(seen(next, veil))) {
            changed(look);
        }
    }

    private void changed(Look look) {
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
        Veil known = Objects.requireNonNullElse(veil, Veil.UNKNOWN);
        return some.stream()
                .map(look -> look.watched.standing)
                .filter(Objects::nonNull)
                .map(standing -> seen(standing, known))
                .toList();
    }

    private Seen seen(Standing standing, Veil through) {
        return PresenceEvents.seen(standing, viewer(), through);
    }
}
