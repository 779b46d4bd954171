package io.parley.support.testing.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.support.Ids;
import io.parley.support.testing.checker.Entry;
import io.parley.support.testing.checker.History;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One device of one person, behaving as the interface asks: it keeps a position per conversation, asks for what it
 * missed, resumes with its cursor, repeats sends whose outcome is unknown, and comes back when the server goes away.
 * Methods may be called from anywhere and hop to the client's context, on which everything else runs.
 */
public final class ParleyClient {
    private final Context context;
    private final Person person;
    private final History history;
    private final PersonApi api;
    private final ClientState state = new ClientState();
    private final Link link;
    private final SendQueue outgoing;
    private final Inbox inbox;

    /** Takes the calling context for its own, a new one when there is none. */
    public ParleyClient(ClientHost host, Person person, ClientSettings settings) {
        this.context = host.vertx().getOrCreateContext();
        this.person = person;
        this.history = new History(person.name() + "/" + settings.device(), person.id());
        this.api = new PersonApi(host.rest(), person.tokens());
        this.link = new Link(host, context, person, settings, state, history, new Reception());
        this.outgoing = new SendQueue(link, history);
        this.inbox = new Inbox(settings, state, history, new CatchUp(link, history, api));
    }

    private final class Reception implements Link.Receiver {
        @Override
        public void ready(JsonNode frame, boolean cursorGiven) {
            inbox.ready(frame, cursorGiven);
            outgoing.resume();
        }

        @Override
        public void frame(String type, JsonNode frame) {
            switch (type) {
                case "changed" -> inbox.changed(frame);
                case "pong" -> inbox.pong(frame);
                default -> inbox.event(frame);
            }
        }
    }

    public Person person() {
        return person;
    }

    public UUID user() {
        return person.id();
    }

    /** For people to read. */
    public String name() {
        return history.device();
    }

    public History history() {
        return history;
    }

    public PersonApi api() {
        return api;
    }

    /** Wants to be connected from now on; completes when it is for the first time. */
    public Future<Void> connect() {
        return onContext(link::connect);
    }

    /** Hangs up and stays away until {@link #connect}. What was under way has an unknown outcome. */
    public Future<Void> disconnect() {
        return onContext(link::disconnect);
    }

    public Future<SentMessage> send(UUID conversation, String text) {
        return send(conversation, Ids.next(), text);
    }

    /** Completes when the message is stored, however often it must be sent; fails when it is refused for good. */
    public Future<SentMessage> send(UUID conversation, UUID message, String text) {
        return onContext(() -> outgoing.send(conversation, message, text));
    }

    /** Moves the person's read mark. */
    public Future<Void> read(UUID conversation, long number) {
        ObjectNode fields =
                Wire.object().put("conversation", conversation.toString()).put("number", number);
        return onContext(() -> link.command("read", fields))
                .onSuccess(done -> history.add(new Entry.Marked(conversation, number)))
                .mapEmpty();
    }

    /** Any command; the result of its {@code ok}, or a {@link CommandFailure}. */
    public Future<JsonNode> command(String type, ObjectNode fields) {
        return onContext(() -> link.command(type, fields)).map(reply -> reply.path("result"));
    }

    /** Completes after the pong's heads were looked at. */
    public Future<Void> ping() {
        return onContext(link::ping);
    }

    /** Looks at the state on the client's own context. */
    public <T> Future<T> ask(Function<ClientState, T> question) {
        return onContext(() -> Future.succeededFuture(question.apply(state)));
    }

    /** Connected, without a send in the air, and with everything that it knows to exist. */
    public Future<Boolean> isSettled() {
        return onContext(
                () -> Future.succeededFuture(link.isReady() && outgoing.unresolved() == 0 && state.isCurrent()));
    }

    /** Its condition, for people to read. */
    public Future<String> describe() {
        return onContext(
                () -> Future.succeededFuture((link.isReady() ? "ready" : "not ready, closed with " + link.closeCodes())
                        + ", " + outgoing.unresolved() + " unresolved sends, " + state.describe()));
    }

    public Future<Boolean> isReady() {
        return onContext(() -> Future.succeededFuture(link.isReady()));
    }

    /** The node it is connected to, as far as it knows. */
    public Future<Optional<Endpoints>> node() {
        return onContext(() -> Future.succeededFuture(Optional.ofNullable(link.node())));
    }

    public Future<List<Integer>> closeCodes() {
        return onContext(() -> Future.succeededFuture(link.closeCodes()));
    }

    /** Stops reading from the network, for good or until {@link #resumeReading}. */
    public Future<Void> pauseReading() {
        return onTransport(Transport::pause);
    }

    public Future<Void> resumeReading() {
        return onTransport(Transport::resume);
    }

    private Future<Void> onTransport(Consumer<Transport> action) {
        return onContext(() -> {
            Transport transport = link.transport();
            if (transport != null) {
                action.accept(transport);
            }
            return Future.succeededFuture();
        });
    }

    private <T> Future<T> onContext(Supplier<Future<T>> action) {
        Promise<T> promise = Promise.promise();
        context.runOnContext(now -> action.get().onComplete(promise));
        return promise.future();
    }
}
