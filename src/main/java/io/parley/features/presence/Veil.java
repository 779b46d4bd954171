package io.parley.features.presence;

import io.parley.bus.PresenceFrame.Standing;
import io.parley.features.contacts.ContactActions.BlockedBy;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who hides from somebody who looks, and who shows him more than others.
 *
 * @param known false: it could not be asked, so nobody can be shown
 * @param everybody all do
 * @param confidants those who tell their contacts when they were last there, of whom he is one
 * @param acquaintances a guest sees nobody else; null: he is none
 */
public record Veil(
        boolean known,
        boolean everybody,
        Set<UUID> from,
        Set<UUID> confidants,
        @Nullable Set<UUID> acquaintances) {
    static final Veil UNKNOWN = new Veil(false, false, Set.of(), Set.of());

    /** Of somebody who is no guest. */
    public Veil(boolean known, boolean everybody, Set<UUID> from, Set<UUID> confidants) {
        this(known, everybody, from, confidants, null);
    }

    public static Veil of(BlockedBy blockers) {
        List<UUID> acquaintances = blockers.acquaintances();
        return new Veil(
                true,
                blockers.tooMany(),
                Set.copyOf(blockers.users()),
                Set.copyOf(blockers.confidants()),
                acquaintances == null ? null : Set.copyOf(acquaintances));
    }

    public boolean hides(UUID user) {
        return everybody || from.contains(user) || (acquaintances != null && !acquaintances.contains(user));
    }

    /** Whether he sees only those whom he knows, who may soon be others. */
    boolean ofGuest() {
        return acquaintances != null;
    }

    /** The same before people whom he knows, whether they are named or not. */
    Veil beforeAcquaintances() {
        return new Veil(known, everybody, from, confidants);
    }

    /** Whether he may be told when this person was last there. */
    boolean showsLastSeen(Standing standing) {
        return switch (standing.lastSeenFor()) {
            case "everybody" -> true;
            case "contacts" -> confidants.contains(standing.user());
            default -> false;
        };
    }
}
