package io.parley.server.session;

import io.parley.bus.Bus;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/**
 * Asks where everything is that the hub follows, for when the journal cannot tell any more what has changed, or the
 * database may have less than the hub has seen. Some hundred at a time, one question after the other. Lives on the
 * hub's context.
 */
final class HeadComparison {
    static final int AT_ONCE = 500;

    private final Bus bus;
    private final Hub.Parts hub;

    HeadComparison(Bus bus, Hub.Parts hub) {
        this.bus = bus;
        this.hub = hub;
    }

    /**
     * @param expect whether the hub shall ask for what it lacks
     * @return whether the database has everything that the hub had delivered when it was asked
     */
    Future<Boolean> compare(boolean expect) {
        var conversations = List.copyOf(hub.conversations().followed().entrySet());
        var people = List.copyOf(hub.people().followed().entrySet());
        return each(conversations, 0, some -> conversations(some, expect))
                .compose(
                        sound -> sound ? each(people, 0, some -> people(some, expect)) : Future.succeededFuture(false));
    }

    private static <T> Future<Boolean> each(List<T> all, int from, Function<List<T>, Future<Boolean>> ask) {
        if (from >= all.size()) {
            return Future.succeededFuture(true);
        }
        int to = Math.min(from + AT_ONCE, all.size());
        return ask.apply(all.subList(from, to))
                .compose(sound -> sound ? each(all, to, ask) : Future.succeededFuture(false));
    }

    private Future<Boolean> conversations(List<Map.Entry<UUID, Long>> some, boolean expect) {
        List<UUID> ids = some.stream().map(Map.Entry::getKey).toList();
        return bus.ask(HubActions.VERSIONS, new HubActions.Followed(ids, List.of()))
                .map(found -> {
                    for (int i = 0; expect && i < ids.size(); i++) {
                        hub.conversations()
                                .expect(ids.get(i), found.conversations().get(i));
                    }
                    return has(some, found.conversations());
                });
    }

    private Future<Boolean> people(List<Map.Entry<HubActions.Person, Long>> some, boolean expect) {
        List<HubActions.Person> persons = some.stream().map(Map.Entry::getKey).toList();
        return bus.ask(HubActions.VERSIONS, new HubActions.Followed(List.of(), persons))
                .map(found -> {
                    for (int i = 0; expect && i < persons.size(); i++) {
                        hub.people()
                                .expect(persons.get(i).user(), found.people().get(i));
                    }
                    return has(some, found.people());
                });
    }

    private static <T> boolean has(List<Map.Entry<T, Long>> delivered, List<Long> stored) {
        for (int i = 0; i < stored.size(); i++) {
            if (delivered.get(i).getValue() > stored.get(i)) {
                return false;
            }
        }
        return true;
    }
}
