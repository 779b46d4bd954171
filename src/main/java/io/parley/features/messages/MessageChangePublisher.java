package io.parley.features.messages;

import io.parley.bus.Bus;
import io.parley.bus.Frame;
import io.vertx.core.buffer.Buffer;

/** Tells all who are there of a change of one message, of the system message that came with it, and of what ended. */
public final class MessageChangePublisher {
    private final Bus bus;

    public MessageChangePublisher(Bus bus) {
        this.bus = bus;
    }

    /** @param event tells of the message as it is now */
    public void publish(MessageChange.Result result, MessageView message, Buffer event) {
        bus.events()
                .publish(Frame.of(message.conversation(), message.version(), result.lastNumber(), event, 0)
                        .from(result.oldest()));
        if (result.notice() != null) {
            created(result.notice());
        }
        if (result.ended() != null) {
            result.ended().publish(bus);
        }
    }

    private void created(MessageView notice) {
        bus.events()
                .publish(Frame.of(
                        notice.conversation(), notice.version(), notice.number(), MessageEvents.created(notice), 0));
    }
}
