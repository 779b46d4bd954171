package io.parley.features.presence;

import io.parley.bus.PresenceFrame;
import io.parley.bus.PresenceFrame.Standing;
import io.parley.features.presence.PresenceActions.People;
import io.parley.features.presence.PresenceActions.Person;
import io.parley.features.presence.PresenceActions.Pulse;
import io.parley.features.presence.PresenceActions.Standings;
import io.parley.features.presence.PresenceEvents.Seen;
import io.parley.server.session.Caller;
import io.parley.support.AppError;
import io.parley.support.Config;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Whom the sessions of one event loop watch. It knows how each of these people stands from the frames that come by the
 * bus, and asks for all of them now and then, because a frame may be lost and Redis may have been emptied. Lives on the
 * event loop.
 */
final class Watchers implements Attendance.Pulses {
    /** How often sessions are told; of several changes of one person they get the last. */
    static final long TELL_MS = 250;

    /** In beats: how often everybody is asked for. */
    private static final int REFRESH_EVERY = 10;

    /** In beats without answer: then what was known is too old to be shown. */
    private static final int PATIENCE = 2;

    /** People asked for at once; the next follow when sessions have been told, so that Redis has pauses. */
    private static final int MOST_AT_ONCE = 2_000;

    private final Function<People, Future<Standings>> ask;
    private final Veils veils;
    private final Config.Presence limits;
    private final Metrics metrics;
    private final Map<Person, Watched> people = new HashMap<>();
    private final Map<UUID, Watch> watches = new HashMap<>();
    private final Set<Watch> toTell = new LinkedHashSet<>();
    private Deque<Watched> toRefresh = new ArrayDeque<>();
    private boolean refreshing;
    private int total;
    private long epoch;
    private boolean settling;
    private int silentBeats;
    private int beats;

    Watchers(Function<People, Future<Standings>> ask, Veils veils, Config.Presence limits, Metrics metrics) {
        this.ask = ask;
        this.veils = veils;
        this.limits = limits;
        this.metrics = metrics;
    }

    /**
     * From now on the session is told of these people.
     *
     * @param adding else of nobody else
     * @return how they stand now, in the order of the ids; unknown when that cannot be asked
     */
    Future<List<Seen>> watch(Caller session, Collection<UUID> users, boolean adding) {
        Set<UUID> wanted = new LinkedHashSet<>(users);
        Watch watch = watches.computeIfAbsent(session.session(), id -> new Watch(session, toTell));
        requireRoom(watch, wanted, adding);
        if (!adding) {
            Stream<Watch.Look> unwanted =
                    watch.looks.values().stream().filter(look -> !wanted.contains(look.watched.person.user()));
            unwanted.toList().forEach(this::drop);
        }
        UUID tenant = session.principal().tenant();
        List<Watch.Look> looks = wanted.stream()
                .map(user -> watch.looks.computeIfAbsent(user, id -> look(watch, new Person(tenant, id))))
                .toList();
        List<Watched> unheard = looks.stream()
                .map(look -> look.watched)
                .filter(watched -> watched.standing == null)
                .toList();
        Future<Void> heard = ask(unheard).otherwise(unanswered -> {
            unknown(unheard);
            return null;
        });
        return Future.join(heard, veil(watch)).map(all -> watch.seen(current(watch, looks)));
    }

    /** Who hides from a session is asked for once, and again when that changes; of a guest's whenever it watches somebody. */
    private Future<Void> veil(Watch watch) {
        return watch.isVeiled()
                ? Future.succeededFuture()
                : veils.renew(watch).otherwise(unanswered -> {
                    watch.veiled(Veil.UNKNOWN);
                    return null;
                });
    }

    /** Meanwhile the session may have ceased to watch somebody and begun again: what was known then is out of date. */
    private static List<Watch.Look> current(Watch watch, List<Watch.Look> looks) {
        return looks.stream()
                .map(look -> watch.looks.getOrDefault(look.watched.person.user(), look))
                .toList();
    }

    private void requireRoom(Watch watch, Set<UUID> wanted, boolean adding) {
        int kept = adding
                ? watch.looks.size()
                : (int) wanted.stream().filter(watch.looks::containsKey).count();
        int more = (int)
                wanted.stream().filter(user -> !watch.looks.containsKey(user)).count();
        PresenceRules.requireLength(kept + more, limits.watchLimit());
        if (total - watch.looks.size() + kept + more > limits.watchTotal()) {
            throw AppError.unavailable("Too many people are being watched here");
        }
    }

    private Watch.Look look(Watch watch, Person person) {
        Watched watched = people.computeIfAbsent(person, Watched::new);
        Watch.Look look = new Watch.Look(watch, watched);
        watched.add(look);
        count(1);
        return look;
    }

    private void drop(Watch.Look look) {
        Watched watched = look.watched;
        look.watch.forget(look);
        watched.remove(look);
        if (watched.looks.isEmpty()) {
            people.remove(watched.person);
        }
        count(-1);
    }

    private void count(int pairs) {
        total += pairs;
        metrics.watched(pairs);
    }

    void ended(Caller session) {
        Watch watch = watches.remove(session.session());
        if (watch != null) {
            List.copyOf(watch.looks.values()).forEach(this::drop);
            toTell.remove(watch);
            veils.forget(watch);
        }
    }

    void changed(PresenceFrame frame) {
        frame.people().forEach(this::stands);
        frame.viewers()
                .forEach(viewer -> watches.values().stream()
                        .filter(watch -> watch.viewer().equals(viewer.user()))
                        .forEach(veils::renew));
    }

    private void stands(Standing standing) {
        Watched watched = people.get(new Person(standing.tenant(), standing.user()));
        if (watched != null) {
            watched.stands(standing);
        }
    }

    /** Called every {@link #TELL_MS}. */
    void tell() {
        List<Watch> now = List.copyOf(toTell);
        toTell.clear();
        now.stream().filter(watch -> !watch.tell()).forEach(toTell::add);
        refreshSome();
    }

    @Override
    public void heard(Pulse pulse) {
        boolean anew = pulse.epoch() != epoch || (settling && !pulse.settling()) || silentBeats >= PATIENCE;
        epoch = pulse.epoch();
        settling = pulse.settling();
        silentBeats = 0;
        beats++;
        if (anew || (beats % REFRESH_EVERY == 0 && toRefresh.isEmpty())) {
            toRefresh = new ArrayDeque<>(people.values());
            watches.values().forEach(veils::renew);
        }
        veils.askAgain();
    }

    @Override
    public void unheard() {
        veils.askAgain();
        if (++silentBeats == PATIENCE) {
            unknown(people.values());
        }
    }

    private void refreshSome() {
        if (refreshing || toRefresh.isEmpty()) {
            return;
        }
        List<Watched> some =
                toRefresh.stream().limit(MOST_AT_ONCE).filter(this::isWatched).toList();
        for (int i = Math.min(MOST_AT_ONCE, toRefresh.size()); i > 0; i--) {
            toRefresh.remove();
        }
        refreshing = true;
        ask(some).onComplete(asked -> refreshing = false);
    }

    private boolean isWatched(Watched watched) {
        return !watched.looks.isEmpty();
    }

    private Future<Void> ask(List<Watched> some) {
        return some.isEmpty()
                ? Future.succeededFuture()
                : ask.apply(new People(
                                some.stream().map(watched -> watched.person).toList()))
                        .map(found -> {
                            found.people().forEach(this::stands);
                            return null;
                        });
    }

    private static void unknown(Collection<Watched> some) {
        some.forEach(watched -> watched.stands(PresenceView.unknown(watched.person)));
    }
}
