package io.parley.bus;

import io.vertx.core.Future;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.List;

/** Something that listens on the bus, until it is told to end. */
public final class Registration {
    private final List<MessageConsumer<?>> consumers;

    Registration(List<MessageConsumer<?>> consumers) {
        this.consumers = List.copyOf(consumers);
    }

    /** Completes when every node knows of it. */
    public Future<Void> completed() {
        return Future.all(consumers.stream().map(MessageConsumer::completion).toList())
                .mapEmpty();
    }

    /** Completes when nothing new comes any more. */
    public Future<Void> end() {
        return Future.join(consumers.stream().map(MessageConsumer::unregister).toList())
                .mapEmpty();
    }
}
