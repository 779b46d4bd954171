package io.parley.features.presence;

import io.parley.bus.Bus;
import io.parley.bus.Nothing;
import io.parley.bus.PresenceFrame.Standing;
import io.parley.features.presence.PresenceActions.Beat;
import io.parley.features.presence.PresenceActions.Choice;
import io.parley.features.presence.PresenceActions.Choices;
import io.parley.features.presence.PresenceActions.People;
import io.parley.features.presence.PresenceActions.Person;
import io.parley.features.presence.PresenceActions.Pulse;
import io.parley.features.presence.PresenceActions.Report;
import io.parley.features.presence.PresenceActions.Reported;
import io.parley.features.presence.PresenceActions.Sight;
import io.parley.features.presence.PresenceActions.Standings;
import io.parley.server.presence.Gathering;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/** Answers for presence beside Redis, and tells all nodes what has changed. Lives on one presence verticle. */
final class PresenceService {
    /** People in one call to Redis, which does nothing else meanwhile: some milliseconds. */
    private static final int MOST_AT_ONCE = 500;

    private static final int MOST_PENDING = 10_000;

    private final Bus bus;
    private final PresenceStore store;
    private final Gathering<Standing> announcer;
    private final Discretion discretion;

    /** Choices that are stored and that Redis has not taken yet. */
    private final Map<Person, Choice> pending = new LinkedHashMap<>();

    PresenceService(Bus bus, PresenceStore store, Gathering<Standing> announcer, Discretion discretion) {
        this.bus = bus;
        this.store = store;
        this.announcer = announcer;
        this.discretion = discretion;
    }

    Future<Pulse> beat(Beat asked) {
        return store.beat(asked.place(), asked.begin());
    }

    /** What people have chosen is looked up before they are shown; without it only those are who are shown already. */
    Future<Reported> report(Report asked) {
        List<Person> entering = asked.sights().stream()
                .filter(Sight::entering)
                .map(Sight::person)
                .distinct()
                .toList();
        Future<Choices> choices = entering.isEmpty()
                ? Future.succeededFuture(new Choices(List.of()))
                : bus.ask(PresenceActions.CHOICES, new People(entering));
        return choices.map(Choices::choices)
                .transform(found -> found.succeeded()
                        ? report(asked.place(), asked.sights(), found.result(), true)
                        : report(asked.place(), present(asked.sights()), List.of(), false));
    }

    private static List<Sight> present(List<Sight> sights) {
        return sights.stream().filter(sight -> !sight.entering()).toList();
    }

    private Future<Reported> report(UUID place, List<Sight> sights, List<Choice> choices, boolean entered) {
        return store.report(place, sights, choices).map(done -> {
            announcer.add(done.changed());
            return new Reported(done.known(), entered);
        });
    }

    Future<Standings> standings(People asked) {
        List<Standing> found = new ArrayList<>(asked.people().size());
        return next(asked.people(), 0, found)
                .compose(all -> discretion.over(List.copyOf(found)))
                .map(Standings::new);
    }

    private Future<Void> next(List<Person> people, int from, List<Standing> found) {
        int to = Math.min(people.size(), from + MOST_AT_ONCE);
        return from == to
                ? Future.succeededFuture()
                : store.standings(people.subList(from, to)).compose(some -> {
                    found.addAll(some);
                    return next(people, to, found);
                });
    }

    Future<Nothing> show(Person person) {
        return store.standings(List.of(person)).map(found -> {
            announcer.add(found);
            return Nothing.NOTHING;
        });
    }

    Future<Nothing> apply(Choice choice) {
        return store.apply(List.of(choice))
                .map(this::announce)
                .recover(failure -> later(choice) ? Future.succeededFuture() : Future.failedFuture(failure))
                .map(done -> Nothing.NOTHING);
    }

    private boolean later(Choice choice) {
        Person person = new Person(choice.tenant(), choice.user());
        if (pending.size() >= MOST_PENDING && !pending.containsKey(person)) {
            return false;
        }
        pending.merge(person, choice, BinaryOperator.maxBy(Comparator.comparingLong(Choice::revision)));
        return true;
    }

    /** Tries again what Redis has not taken; called now and then. */
    Future<Void> applyPending() {
        List<Choice> some = pending.values().stream().limit(MOST_AT_ONCE).toList();
        if (some.isEmpty()) {
            return Future.succeededFuture();
        }
        return store.apply(some).compose(done -> {
            announce(done);
            some.forEach(choice -> pending.remove(new Person(choice.tenant(), choice.user()), choice));
            return applyPending();
        });
    }

    private @Nullable Void announce(PresenceStore.Done done) {
        announcer.add(done.changed());
        return null;
    }
}
