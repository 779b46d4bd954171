package io.parley.features.presence;

import io.parley.bus.PresenceFrame;
import io.parley.bus.PresenceFrame.Standing;
import io.parley.features.presence.PresenceActions.Person;
import io.parley.support.Metrics;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Tells all nodes of changes, gathered for a moment; of several of one person only the last. Lives on one event loop. */
final class Announcer {
    static final long GATHER_MS = 250;
    private static final int MOST_A_FRAME = 1_000;

    private final Vertx vertx;
    private final Consumer<PresenceFrame> publish;
    private final Metrics metrics;
    private final Map<Person, Standing> waiting = new LinkedHashMap<>();

    Announcer(Vertx vertx, Consumer<PresenceFrame> publish, Metrics metrics) {
        this.vertx = vertx;
        this.publish = publish;
        this.metrics = metrics;
    }

    void add(List<Standing> changed) {
        if (waiting.isEmpty() && !changed.isEmpty()) {
            vertx.setTimer(GATHER_MS, due -> tell());
        }
        changed.forEach(standing -> waiting.merge(
                new Person(standing.tenant(), standing.user()),
                standing,
                (old, next) -> Watched.older(next, old) ? old : next));
    }

    private void tell() {
        List<Standing> people = new ArrayList<>(waiting.values());
        waiting.clear();
        metrics.presenceChanged(people.size());
        for (int from = 0; from < people.size(); from += MOST_A_FRAME) {
            publish.accept(
                    new PresenceFrame(List.copyOf(people.subList(from, Math.min(people.size(), from + MOST_A_FRAME)))));
        }
    }
}
