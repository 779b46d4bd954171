package io.parley.bus;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Something that listens on the bus, until it is told to end. */
public final class Registration {
    private final Context context;
    private final List<Supplier<MessageConsumer<?>>> listen;
    private final Set<Registration> known;
    private volatile List<MessageConsumer<?>> consumers;

    /**
     * Begins to listen, on the calling context.
     *
     * @param listen each makes a consumer with its handler
     * @param known to which it adds itself, until it ends
     */
    Registration(Context context, List<Supplier<MessageConsumer<?>>> listen, Set<Registration> known) {
        this.context = context;
        this.listen = List.copyOf(listen);
        this.known = known;
        this.consumers = made();
        known.add(this);
    }

    private List<MessageConsumer<?>> made() {
        return listen.stream().<MessageConsumer<?>>map(Supplier::get).toList();
    }

    /** Completes when every node knows of it. */
    public Future<Void> completed() {
        return Future.all(consumers.stream().map(MessageConsumer::completion).toList())
                .mapEmpty();
    }

    /**
     * Tells all nodes of it once more; what comes meanwhile may come twice. Vert.x may have ended it, with the verticle
     * whose context it is. Called from any thread.
     */
    void renew() {
        context.runOnContext(ignored -> renewed());
    }

    private synchronized void renewed() {
        List<MessageConsumer<?>> before = consumers;
        if (before.stream().allMatch(MessageConsumer::isRegistered)) {
            consumers = made();
            completed().onComplete(told -> before.forEach(MessageConsumer::unregister));
        } else {
            known.remove(this);
        }
    }

    /** Completes when nothing new comes any more. */
    public synchronized Future<Void> end() {
        known.remove(this);
        return Future.join(consumers.stream().map(MessageConsumer::unregister).toList())
                .mapEmpty();
    }
}
