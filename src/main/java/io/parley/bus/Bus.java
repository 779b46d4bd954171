package io.parley.bus;

import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Typed requests and events over the event bus. Delivery is best effort: a request that gets no answer ends in
 * {@code unavailable}, an event that is lost is found again in the journal.
 *
 * <p>Order: what one event loop asks of one lane arrives in the order of the calls; that is what keeps pipelined
 * sends in order.
 */
public final class Bus {
    /** Longer than any statement may take (see Database), so that an answer beats the timeout. */
    private static final long TIMEOUT_MS = 15_000;

    private final EventBus bus;
    private final int lanes;
    private final DeliveryOptions request =
            new DeliveryOptions().setLocalOnly(true).setSendTimeout(TIMEOUT_MS).setCodecName(RecordCodec.NAME);
    private final DeliveryOptions event =
            new DeliveryOptions().setLocalOnly(true).setCodecName(RecordCodec.NAME);

    /** @param lanes number of persistence instances, over which conversations are spread */
    public Bus(Vertx vertx, int lanes) {
        this.bus = vertx.eventBus();
        this.lanes = lanes;
        bus.registerCodec(new RecordCodec());
    }

    /** Asks any instance that answers this action. */
    public <I extends Record, O extends Record> Future<O> ask(Action<I, O> action, I input) {
        return request(Address.action(action), action, input);
    }

    /** Asks the instance that owns the lane of {@code key}, a conversation. */
    public <I extends Record, O extends Record> Future<O> ask(Action<I, O> action, UUID key, I input) {
        return request(Address.action(action, Address.lane(key, lanes)), action, input);
    }

    /** As {@link #ask} of a lane, without wanting an answer or knowing whether it was heard. */
    public <I extends Record> void tell(Action<I, ?> action, UUID key, I input) {
        bus.send(Address.action(action, Address.lane(key, lanes)), input, request);
    }

    private <I extends Record, O extends Record> Future<O> request(String address, Action<I, O> action, I input) {
        return bus.<Object>request(address, input, request)
                .map(reply -> body(reply, action.output()))
                .recover(failure -> Future.failedFuture(BusErrors.fromReply(failure)));
    }

    /** Answers an action on the calling context, for all keys alike. */
    public <I extends Record, O extends Record> Future<Void> answer(
            Action<I, O> action, Function<I, Future<O>> handler) {
        return consume(Address.action(action), action, handler);
    }

    /** Answers an action for the conversations of one lane. */
    public <I extends Record, O extends Record> Future<Void> answer(
            Action<I, O> action, int lane, Function<I, Future<O>> handler) {
        return consume(Address.action(action, lane), action, handler);
    }

    private <I extends Record, O extends Record> Future<Void> consume(
            String address, Action<I, O> action, Function<I, Future<O>> handler) {
        MessageConsumer<Object> consumer = bus.localConsumer(address);
        consumer.handler(message -> answerOne(message, action, handler));
        return consumer.completion();
    }

    private static <I extends Record, O extends Record> void answerOne(
            Message<Object> message, Action<I, O> action, Function<I, Future<O>> handler) {
        Future<O> answer;
        try {
            answer = handler.apply(body(message, action.input()));
        } catch (RuntimeException refused) {
            answer = Future.failedFuture(refused);
        }
        answer.onSuccess(output -> message.reply(output, new DeliveryOptions().setCodecName(RecordCodec.NAME)))
                .onFailure(cause -> {
                    var failure = BusErrors.toReply(action.name(), cause);
                    message.fail(failure.failureCode(), failure.getMessage());
                });
    }

    /** Sends an event of a conversation to every node that has sessions in it. */
    public void publish(Frame frame) {
        bus.publish(Address.CONVERSATIONS, frame, event);
    }

    /** Sends an event to every node that may have sessions of this person. */
    public void publish(PersonalFrame frame) {
        bus.publish(Address.PERSONAL, frame, event);
    }

    /** Receives the events of conversations on the calling context. */
    public Future<Void> onFrame(Consumer<Frame> handler) {
        return subscribe(Address.CONVERSATIONS, Frame.class, handler);
    }

    /** Receives the events of persons on the calling context. */
    public Future<Void> onPersonalFrame(Consumer<PersonalFrame> handler) {
        return subscribe(Address.PERSONAL, PersonalFrame.class, handler);
    }

    private <T> Future<Void> subscribe(String address, Class<T> type, Consumer<T> handler) {
        MessageConsumer<Object> consumer = bus.localConsumer(address);
        consumer.handler(message -> handler.accept(body(message, type)));
        return consumer.completion();
    }

    private static <T> T body(Message<Object> message, Class<T> type) {
        Object body = message.body();
        return body instanceof Buffer json ? Json.decode(json, type) : type.cast(body);
    }
}
