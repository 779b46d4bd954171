package io.parley.features.presence;

import io.parley.bus.PresenceFrame.Standing;
import io.parley.features.presence.PresenceActions.Person;
import io.parley.server.presence.Gathering;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what was reported by places that have gone silent: their node was killed, cut off or has begun anew. Every
 * presence instance of every node does this; each step is one script, so of two that do it at once one finds nothing.
 */
final class Sweeper {
    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
    private static final int MOST_AT_ONCE = 200;

    /** While Redis was away nobody could show that he lives: first let all do so. */
    private static final int PAUSES = 3;

    private final PresenceStore store;
    private final Gathering<Standing> announcer;
    private final Metrics metrics;
    private int pauses;

    Sweeper(PresenceStore store, Gathering<Standing> announcer, Metrics metrics) {
        this.store = store;
        this.announcer = announcer;
        this.metrics = metrics;
    }

    /** Called every few seconds. */
    Future<Void> sweep() {
        if (pauses > 0) {
            pauses--;
            return Future.succeededFuture();
        }
        return store.silent().compose(places -> next(places, 0)).onFailure(away -> pauses = PAUSES);
    }

    private Future<Void> next(List<UUID> places, int index) {
        return index == places.size()
                ? Future.succeededFuture()
                : clear(places.get(index)).compose(cleared -> next(places, index + 1));
    }

    private Future<Void> clear(UUID place) {
        return store.someAt(place, MOST_AT_ONCE)
                .compose(people -> people.isEmpty() ? forget(place) : clear(place, people));
    }

    private Future<Void> clear(UUID place, List<Person> people) {
        return store.leave(place, people).compose(done -> {
            announcer.add(done.changed());
            return done.known() ? clear(place) : Future.succeededFuture();
        });
    }

    private Future<Void> forget(UUID place) {
        return store.forget(place).map(byUs -> {
            if (byUs) {
                metrics.presenceExpired();
                LOG.debug("place {} is forgotten", place);
            }
            return null;
        });
    }
}
