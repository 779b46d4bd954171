package io.parley.features.presence;

import io.parley.features.contacts.ContactActions.BlockedBy;
import java.util.Set;
import java.util.UUID;

/**
 * Who hides from somebody who looks.
 *
 * @param known false: it could not be asked, so nobody can be shown
 * @param everybody all do
 */
record Veil(boolean known, boolean everybody, Set<UUID> from) {
    static final Veil UNKNOWN = new Veil(false, false, Set.of());

    static Veil of(BlockedBy blockers) {
        return new Veil(true, blockers.tooMany(), Set.copyOf(blockers.users()));
    }

    boolean hides(UUID user) {
        return everybody || from.contains(user);
    }
}
