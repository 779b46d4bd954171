package io.parley.bus;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Something that listens on the bus, until it is told to end. */
public final class Registration {
    private static final long RETRY_MS = 2_000;

    private final Context context;
    private final List<Supplier<MessageConsumer<?>>> listen;
    private final Set<Registration> known;
    private volatile List<MessageConsumer<?>> consumers;
    private boolean renewing;

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
        if (renewing) {
            context.owner().setTimer(RETRY_MS, again -> renew());
            return;
        }
        if (before.isEmpty() || !before.stream().allMatch(MessageConsumer::isRegistered)) {
            known.remove(this);
            return;
        }
        List<MessageConsumer<?>> anew = made();
        consumers = anew;
        renewing = true;
        completed().onComplete(told -> renewed(before, anew, told.succeeded()));
    }

    /** If the cluster has not taken the new ones, the old ones go on, and it is tried again. */
    private synchronized void renewed(List<MessageConsumer<?>> before, List<MessageConsumer<?>> anew, boolean taken) {
        renewing = false;
        boolean ended = consumers.isEmpty();
        if (taken || ended) {
            before.forEach(MessageConsumer::unregister);
        } else {
            consumers = before;
            anew.forEach(MessageConsumer::unregister);
            context.owner().setTimer(RETRY_MS, again -> renew());
        }
    }

    /** Completes when nothing new comes any more. */
    public synchronized Future<Void> end() {
        known.remove(this);
        List<MessageConsumer<?>> last = consumers;
        consumers = List.of();
        return Future.join(last.stream().map(MessageConsumer::unregister).toList())
                .mapEmpty();
    }
}
