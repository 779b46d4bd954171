package io.parley.features.presence;

import io.parley.bus.PresenceFrame.Standing;
import io.parley.features.presence.PresenceActions.Person;
import io.parley.features.privacy.PrivacyActions;
import io.parley.features.privacy.PrivacyActions.Audience;
import io.parley.features.privacy.PrivacyActions.Audiences;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Adds to how people stand who may be told when they were last there. It is looked up for those who are not there, beside
 * PostgreSQL; when it cannot be, nobody is told.
 */
final class Discretion {
    private static final String EVERYBODY = "everybody";

    private final Function<PrivacyActions.People, Future<Audiences>> ask;

    Discretion(Function<PrivacyActions.People, Future<Audiences>> ask) {
        this.ask = ask;
    }

    /** In the order given. */
    Future<List<Standing>> over(List<Standing> standings) {
        List<PrivacyActions.Person> absent = standings.stream()
                .filter(standing ->
                        standing.lastSeen() != null && standing.status().equals(Status.OFFLINE.word()))
                .map(standing -> new PrivacyActions.Person(standing.tenant(), standing.user()))
                .toList();
        return absent.isEmpty()
                ? Future.succeededFuture(standings)
                : ask.apply(new PrivacyActions.People(absent))
                        .map(found -> shown(standings, found))
                        .otherwise(standings);
    }

    private static List<Standing> shown(List<Standing> standings, Audiences found) {
        Map<Person, String> restricted = found.restricted().stream()
                .collect(Collectors.toMap(
                        one -> new Person(one.tenant(), one.user()), Audience::lastSeen, (one, same) -> one));
        return standings.stream()
                .map(standing -> standing.lastSeenFor(restricted.getOrDefault(person(standing), EVERYBODY)))
                .toList();
    }

    private static Person person(Standing standing) {
        return new Person(standing.tenant(), standing.user());
    }
}
