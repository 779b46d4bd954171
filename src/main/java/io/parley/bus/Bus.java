package io.parley.bus;

import io.parley.support.AppError;
import io.parley.support.Json;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Typed requests and events over the event bus. Delivery is best effort: a request that gets no answer ends in
 * {@code unavailable}, an event that is lost is found again in the journal.
 *
 * <p>A request is answered on this node when it has what answers it, else on another one. Order: what one event loop
 * asks of one lane arrives in the order of the calls; that is what keeps pipelined sends in order.
 */
public final class Bus {
    /** Longer than any statement may take (see Database), so that an answer beats the timeout. */
    private static final long TIMEOUT_MS = 15_000;

    private static final String ACTION = "action";
    private static final String KEY = "key";

    /** A cluster that has become one again still moves its tables about. */
    private static final long SETTLING_MS = 2_000;

    private final Vertx vertx;
    private final EventBus bus;
    private final Set<Registration> registrations = ConcurrentHashMap.newKeySet();
    private final boolean clustered;
    private final String nodeId;
    private final Lanes lanes;
    private final Outstanding outstanding;
    private final Events events;

    /**
     * @param nodeId of this node, for those that ask it by name
     * @param addressesAbove in a cluster of more nodes events go only to those that have sessions in the conversation
     */
    public Bus(Vertx vertx, String nodeId, int addressesAbove) {
        this.vertx = vertx;
        this.bus = vertx.eventBus();
        this.clustered = vertx.isClustered();
        this.nodeId = nodeId;
        this.events = new Events(vertx, addressesAbove);
        this.lanes = new Lanes(vertx);
        this.outstanding = new Outstanding(vertx);
        bus.registerCodec(new RecordCodec())
                .registerCodec(new FrameCodec())
                .registerCodec(new FramesCodec())
                .registerCodec(new PersonalFrameCodec());
    }

    /** A bus of a node that is alone, with its lanes. */
    public static Bus alone(Vertx vertx, int lanes) {
        Bus bus = new Bus(vertx, "alone", 0);
        bus.lanes(lanes, List.of());
        return bus;
    }

    private static DeliveryOptions request() {
        return new DeliveryOptions().setLocalOnly(true).setSendTimeout(TIMEOUT_MS);
    }

    private static DeliveryOptions local(String codec) {
        return request().setCodecName(codec);
    }

    private static DeliveryOptions everywhere(String codec) {
        return local(codec).setLocalOnly(false);
    }

    /** Asks any instance that answers this action, of this node if there is one. */
    public <I extends Record, O extends Record> Future<O> ask(Action<I, O> action, I input) {
        return bus.<Object>request(Address.action(action), input, local(RecordCodec.NAME))
                .recover(failure -> clustered && nobodyAnswers(failure)
                        ? outstanding.ofAny(bus.request(Address.anywhere(action), input, everywhere(RecordCodec.NAME)))
                        : Future.failedFuture(failure))
                .transform(reply -> answer(action, reply));
    }

    private static boolean nobodyAnswers(Throwable failure) {
        return failure instanceof ReplyException reply && reply.failureType() == ReplyFailure.NO_HANDLERS;
    }

    private static <O extends Record> Future<O> answer(Action<?, O> action, AsyncResult<Message<Object>> reply) {
        return reply.succeeded()
                ? Future.succeededFuture(body(reply.result(), action.output()))
                : Future.failedFuture(BusErrors.fromReply(reply.cause()));
    }

    /** Asks the instance that owns the lane of {@code key}, a conversation. */
    public <I extends Record, O extends Record> Future<O> ask(Action<I, O> action, UUID key, I input) {
        return lanes.run(way -> laneRequest(way, action.name(), key, input)).transform(reply -> answer(action, reply));
    }

    private Future<Message<Object>> laneRequest(Lanes.Way way, String action, UUID key, Object input) {
        DeliveryOptions options = input instanceof Buffer ? request() : local(RecordCodec.NAME);
        if (way.local() > 0) {
            return bus.request(Address.lane(action, way.lane(key)), input, options);
        }
        options.setLocalOnly(false).addHeader(ACTION, action).addHeader(KEY, key.toString());
        String node = way.node(key);
        return outstanding.of(node, bus.request(Address.lanesOf(node), input, options));
    }

    /** As {@link #ask} of a lane, without wanting an answer or knowing whether it was heard. */
    public <I extends Record> void tell(Action<I, ?> action, UUID key, I input) {
        var unused = lanes.run(way -> laneRequest(way, action.name(), key, input));
    }

    /** Asks one node itself. */
    public <I extends Record, O extends Record> Future<O> askNode(Action<I, O> action, String node, I input) {
        return outstanding
                .of(node, bus.<Object>request(Address.node(action, node), input, everywhere(RecordCodec.NAME)))
                .transform(reply -> answer(action, reply));
    }

    /** A node is gone: what was asked of it fails, for it may never be answered. Called from any thread. */
    void left(String node) {
        outstanding.left(node);
        // Vert.x may go on choosing it for a moment.
        vertx.setTimer(SETTLING_MS, settled -> outstanding.forgetAny());
    }

    /** A node is there, perhaps again. */
    void came(String node) {
        outstanding.back(node);
    }

    /** Answers an action on the calling context, for all keys alike. */
    public <I extends Record, O extends Record> Registration answer(
            Action<I, O> action, Function<I, Future<O>> handler) {
        Supplier<MessageConsumer<?>> here = () -> consume(bus.localConsumer(Address.action(action)), action, handler);
        Supplier<MessageConsumer<?>> anywhere = () -> consume(bus.consumer(Address.anywhere(action)), action, handler);
        return clustered ? clustered(List.of(here, anywhere)) : local(List.of(here));
    }

    /** Answers an action for the conversations of one lane; nobody asks before {@link #lanes} has said so. */
    public <I extends Record, O extends Record> Registration answer(
            Action<I, O> action, int lane, Function<I, Future<O>> handler) {
        return local(List.of(() -> consume(bus.localConsumer(Address.lane(action.name(), lane)), action, handler)));
    }

    /** Answers what is asked of this node itself. */
    public <I extends Record, O extends Record> Registration answerAsNode(
            Action<I, O> action, Function<I, Future<O>> handler) {
        return clustered(List.of(() -> consume(bus.consumer(Address.node(action, nodeId)), action, handler)));
    }

    private Registration clustered(List<Supplier<MessageConsumer<?>>> listen) {
        return new Registration(vertx.getOrCreateContext(), listen, registrations);
    }

    private Registration local(List<Supplier<MessageConsumer<?>>> listen) {
        return new Registration(vertx.getOrCreateContext(), listen, new HashSet<>());
    }

    /**
     * Tells all nodes once more of everything that listens here: when the halves of a cluster that was cut in two become
     * one again, some of it may have been forgotten.
     */
    public void renew() {
        vertx.setTimer(SETTLING_MS, settled -> registrations.forEach(Registration::renew));
    }

    private static <I extends Record, O extends Record> MessageConsumer<Object> consume(
            MessageConsumer<Object> consumer, Action<I, O> action, Function<I, Future<O>> handler) {
        return consumer.handler(message -> answerOne(message, action, handler));
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

    /** Takes requests for this node's lanes from nodes that have none. */
    public Registration relay() {
        return clustered(
                List.of(() -> bus.<Buffer>consumer(Address.lanesOf(nodeId)).handler(this::relay)));
    }

    private void relay(Message<Buffer> message) {
        String action = Objects.requireNonNull(message.headers().get(ACTION));
        UUID key = UUID.fromString(Objects.requireNonNull(message.headers().get(KEY)));
        lanes.run(way -> way.local() > 0
                        ? laneRequest(way, action, key, message.body())
                        : Future.<Message<Object>>failedFuture(AppError.unavailable("This node writes nothing")))
                .onSuccess(reply -> message.reply(reply.body(), replyOptions(reply.body())))
                .onFailure(cause -> {
                    var failure = cause instanceof ReplyException known ? known : BusErrors.toReply(action, cause);
                    message.fail(failure.failureCode(), failure.getMessage());
                });
    }

    private static DeliveryOptions replyOptions(Object body) {
        return body instanceof Buffer ? new DeliveryOptions() : new DeliveryOptions().setCodecName(RecordCodec.NAME);
    }

    /**
     * Says where requests with a key go from now on.
     *
     * @param local lanes of this node, which answer already
     * @param nodes with lanes, for a node that has none
     * @return completes when nothing is under way on the old ways
     */
    public Future<Void> lanes(int local, List<String> nodes) {
        return lanes.change(new Lanes.Way(local, local > 0 ? List.of() : nodes));
    }

    /** Lanes of this node as of the last {@link #lanes}. */
    public int lanes() {
        return lanes.way().local();
    }

    /** Whether requests with a key can be answered, here or elsewhere. */
    public boolean writes() {
        return lanes.way().exists();
    }

    /** What is sent to whoever has sessions: events of conversations, of persons, changes of presence. */
    public Events events() {
        return events;
    }

    /** Receives, on the calling context, the events of conversations that have no address of their own. */
    public Registration onFrame(Consumer<Frame> handler) {
        return subscribe(
                Address.CONVERSATIONS, Frames.class, frames -> frames.all().forEach(handler));
    }

    /** Receives, on the calling context, the events of one conversation in which people are talking. */
    public Registration onFrame(UUID conversation, Consumer<Frame> handler) {
        return clustered ? subscribe(Address.conversation(conversation), Frame.class, handler) : local(List.of());
    }

    /** Receives the events of persons on the calling context. */
    public Registration onPersonalFrame(Consumer<PersonalFrame> handler) {
        return subscribe(Address.PERSONAL, PersonalFrame.class, handler);
    }

    /** Receives changes of presence on the calling context. */
    public Registration onPresence(Consumer<PresenceFrame> handler) {
        return subscribe(Address.PRESENCE, PresenceFrame.class, handler);
    }

    private <T> Registration subscribe(String address, Class<T> type, Consumer<T> handler) {
        return clustered(List.of(
                () -> bus.<Object>consumer(address).handler(message -> handler.accept(body(message, type)))));
    }

    /** Of this run of this node. */
    String nodeId() {
        return nodeId;
    }

    /** Whether other nodes can be reached at all. */
    public boolean clustered() {
        return clustered;
    }

    void publishHeartbeat(Peers.Heartbeat heartbeat) {
        bus.publish(Address.NODES, heartbeat, everywhere(RecordCodec.NAME));
    }

    Registration onHeartbeat(Consumer<Peers.Heartbeat> handler) {
        return subscribe(Address.NODES, Peers.Heartbeat.class, handler);
    }

    private static <T> T body(Message<Object> message, Class<T> type) {
        Object body = message.body();
        return body instanceof Buffer json ? Json.decode(json, type) : type.cast(body);
    }
}
