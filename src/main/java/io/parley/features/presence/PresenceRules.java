package io.parley.features.presence;

import io.parley.features.presence.PresenceActions.Choose;
import io.parley.features.presence.PresenceActions.People;
import io.parley.features.presence.PresenceActions.Person;
import io.parley.server.auth.Principal;
import io.parley.support.AppError;
import io.parley.support.Ids;
import java.util.List;
import java.util.stream.Stream;

/** Makes questions of what clients say, over REST and the WebSocket alike. */
final class PresenceRules {
    private static final int MOST_ASKED = 100;
    private static final List<String> CHOICES =
            List.of(Status.ONLINE.word(), Status.BUSY.word(), Status.INVISIBLE.word());

    private PresenceRules() {}

    /** @throws AppError {@code validation_failed} */
    static Choose choose(Principal caller, String status) {
        if (!CHOICES.contains(status)) {
            throw AppError.field("status", "enum", "must be one of " + String.join(", ", CHOICES));
        }
        return new Choose(caller.tenant(), caller.user(), status);
    }

    /**
     * @param users ids, separated by commas
     * @throws AppError {@code validation_failed}
     */
    static People people(Principal caller, String users) {
        List<Person> people = Stream.of(users.split(",", MOST_ASKED + 1))
                .limit(MOST_ASKED)
                .map(id -> new Person(caller.tenant(), Ids.parse("users", id)))
                .distinct()
                .toList();
        if (users.chars().filter(c -> c == ',').count() >= MOST_ASKED) {
            throw AppError.field("users", "length", "may be " + MOST_ASKED + " at most");
        }
        return new People(people);
    }

    /** @throws AppError {@code validation_failed} */
    static void requireLength(int users, int limit) {
        if (users > limit) {
            throw AppError.field("users", "length", "may be " + limit + " at most");
        }
    }

    static Person self(Principal caller) {
        return new Person(caller.tenant(), caller.user());
    }
}
