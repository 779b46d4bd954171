package io.parley.server.session;

import io.parley.bus.Bus;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/**
 * Asks where everything is that the hub follows, for when the journal cannot tell any more what has changed. Some
 * hundred at a time, one question after the other. Lives on the hub's context.
 */
final class HeadComparison {
    static final int AT_ONCE = 500;

    private final Bus bus;
    private final Hub.Parts hub;

    HeadComparison(Bus bus, Hub.Parts hub) {
        this.bus = bus;
        this.hub = hub;
    }

    /** Completes when the hub knows of all that it lacks. */
    Future<Void> compare() {
        return each(hub.conversations().followed(), 0, this::conversations)
                .compose(compared -> each(hub.people().followed(), 0, this::people));
    }

    private static <T> Future<Void> each(List<T> all, int from, Function<List<T>, Future<Void>> ask) {
        if (from >= all.size()) {
            return Future.succeededFuture();
        }
        int to = Math.min(from + AT_ONCE, all.size());
        return ask.apply(all.subList(from, to)).compose(asked -> each(all, to, ask));
    }

    private Future<Void> conversations(List<UUID> some) {
        return bus.ask(HubActions.VERSIONS, new HubActions.Followed(some, List.of()))
                .map(found -> {
                    for (int i = 0; i < some.size(); i++) {
                        hub.conversations()
                                .expect(some.get(i), found.conversations().get(i));
                    }
                    return null;
                });
    }

    private Future<Void> people(List<HubActions.Person> some) {
        return bus.ask(HubActions.VERSIONS, new HubActions.Followed(List.of(), some))
                .map(found -> {
                    for (int i = 0; i < some.size(); i++) {
                        hub.people().expect(some.get(i).user(), found.people().get(i));
                    }
                    return null;
                });
    }
}
