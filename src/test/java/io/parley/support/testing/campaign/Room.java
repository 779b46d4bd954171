package io.parley.support.testing.campaign;

import io.parley.support.testing.client.Person;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * A conversation of the campaign. The keeper made it, stays, and is asked for the truth in the end. Who else is in
 * is only believed here, to choose sensible things to do.
 */
final class Room {
    final UUID id;
    final boolean sinceJoin;
    final Person keeper;
    final List<UUID> founders;
    final Set<Person> believedIn;

    Room(UUID id, boolean sinceJoin, List<Person> members) {
        this.id = id;
        this.sinceJoin = sinceJoin;
        this.keeper = members.getFirst();
        this.founders = members.stream().map(Person::id).toList();
        this.believedIn = new LinkedHashSet<>(members);
    }

    /** Somebody was added since. */
    boolean hasGrown() {
        return believedIn.size() > founders.size();
    }
}
