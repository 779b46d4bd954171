package io.parley.features.messages;

import io.parley.bus.Bus;
import io.parley.bus.Nothing;
import io.parley.features.threads.ThreadActions;
import io.parley.features.threads.ThreadActions.Follow;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Whoever says something in a thread follows it from then on. What he says while that is under way waits for it, and is
 * said in the order in which it came: some of it the database has sent back already, some it has not seen. On the event
 * loop of the conversation's lane.
 */
final class Following {
    private final Bus bus;
    private final Map<Key, SortedMap<Long, Promise<Nothing>>> underWay = new HashMap<>();
    private long came;

    private record Key(UUID thread, UUID person) {}

    Following(Bus bus) {
        this.bus = bus;
    }

    /** @param append whose outcome is {@code not_following} for who does not follow the thread yet */
    Future<AppendMessages.Appended> inOrder(
            MessageActions.Send send, Supplier<Future<AppendMessages.Appended>> append) {
        Key key = new Key(send.conversation(), send.sender());
        long place = came++;
        Future<AppendMessages.Appended> first =
                underWay.containsKey(key) ? following(key, place, send).compose(follows -> append.get()) : append.get();
        return first.compose(result -> result.outcome().equals("not_following")
                ? following(key, place, send).compose(follows -> append.get())
                : Future.succeededFuture(result));
    }

    private Future<Nothing> following(Key key, long place, MessageActions.Send send) {
        SortedMap<Long, Promise<Nothing>> waiting = underWay.get(key);
        if (waiting == null) {
            SortedMap<Long, Promise<Nothing>> begun = new TreeMap<>();
            underWay.put(key, begun);
            Follow follow = new Follow(send.tenant(), key.person(), key.thread(), List.of(key.person()), false);
            bus.ask(ThreadActions.FOLLOW, key.thread(), follow).onComplete(done -> {
                underWay.remove(key);
                begun.values().forEach(promise -> promise.handle(done));
            });
            waiting = begun;
        }
        Promise<Nothing> turn = Promise.promise();
        waiting.put(place, turn);
        return turn.future();
    }
}
