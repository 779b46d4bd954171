package io.parley.server.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.parley.server.auth.Principal;
import io.parley.support.AppError;
import io.parley.support.Config;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.parley.support.Metrics;
import io.vertx.core.Vertx;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.internal.http.WebSocketInternal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What comes in on one WebSocket, on its event loop: frames become commands, each gets its one reply, and whoever
 * sends what is no command, too much or too fast is told so and in the end cut off.
 */
final class SessionConnection implements Session.Connection {
    private static final Logger LOG = LoggerFactory.getLogger(SessionConnection.class);
    private static final int MOST_BAD_FRAMES = 10;

    /** Refusals by the rate limit in a row after which the client is not listening to them. */
    private static final int MOST_REFUSALS = 1000;

    /** A peer that does not take the close frame is cut off after this. */
    private static final long CLOSE_MS = 3_000;

    private final SessionHostParts parts;
    private final ServerWebSocket socket;
    private final String address;
    private final Session session;
    private final Outbox outbox;
    private final FrameAssembler assembler;
    private final CommandBudget budget;
    private final long openedAt = System.currentTimeMillis();
    private long heardAt = openedAt;
    private boolean greeted;
    private boolean known;
    private boolean closing;
    private boolean gone;
    private boolean paused;
    private int pending;
    private int badFrames;
    private int refusals;
    private Enum<?> ending = Ending.BY_PEER;

    /** How a session ended that was not ended by us; for metrics. */
    private enum Ending {
        BY_PEER
    }

    /** What all connections of one verticle share. */
    record SessionHostParts(
            Vertx vertx,
            Config.Session limits,
            SessionLoop loop,
            Hub hub,
            Flusher flusher,
            Entrance entrance,
            CommandRouter router,
            io.parley.bus.Bus bus,
            io.parley.server.auth.Authenticator authenticator,
            Metrics metrics) {}

    SessionConnection(SessionHostParts parts, ServerWebSocket socket, String address) {
        this.parts = parts;
        this.socket = socket;
        this.address = address;
        this.assembler = new FrameAssembler(parts.limits().maxFrameBytes());
        this.budget = new CommandBudget(
                parts.limits().commandsPerSecond(), parts.limits().commandBurst(), System.nanoTime());
        this.outbox = new Outbox(
                ((WebSocketInternal) socket).channelHandlerContext(),
                parts.flusher(),
                parts.limits().outboundBytes(),
                () -> close(CloseCode.TOO_SLOW));
        this.session = new Session(Ids.next(), parts.loop(), parts.bus(), outbox, this);
    }

    void open() {
        socket.frameHandler(this::onFrame);
        socket.exceptionHandler(this::onException);
    }

    Outbox outbox() {
        return outbox;
    }

    private void onException(Throwable cause) {
        if (cause instanceof CorruptedWebSocketFrameException bad
                && bad.closeStatus().equals(WebSocketCloseStatus.MESSAGE_TOO_BIG)) {
            close(CloseCode.FRAME_TOO_LARGE);
        } else {
            LOG.debug("session {}: {}", session.id(), cause.toString());
            cut();
        }
    }

    private void onFrame(WebSocketFrame frame) {
        heardAt = System.currentTimeMillis();
        // Replies to a peer that floods without reading would otherwise pile up behind the budget.
        outbox.requireRoom();
        if (closing || !(frame.isText() || frame.isBinary() || frame.isContinuation())) {
            return;
        }
        switch (assembler.add(frame, this::onMessage)) {
            case TOO_LARGE -> close(CloseCode.FRAME_TOO_LARGE);
            case BINARY -> refuse(null, AppError.of(ErrorCode.MALFORMED, "Frames must be text"));
            case FINE -> {}
        }
    }

    private void onMessage(byte[] bytes) {
        try {
            if (!(Json.parse(bytes) instanceof ObjectNode command)) {
                throw AppError.of(ErrorCode.MALFORMED, "A frame must be a JSON object");
            }
            onCommand(command);
        } catch (AppError bad) {
            refuse(null, bad);
        }
    }

    private void onCommand(ObjectNode command) {
        String id = Replies.idOf(command);
        if (id == null) {
            refuse(null, AppError.field("id", "required", "must be a string of at most 128 characters"));
            return;
        }
        if (!(command.get("type") instanceof TextNode type)) {
            refuse(id, AppError.field("type", "required", "must be a string"));
            return;
        }
        long wait = budget.take(System.nanoTime());
        if (wait > 0) {
            limit(id, wait);
            return;
        }
        refusals = 0;
        dispatch(id, type.textValue(), Session.fields(command));
    }

    private void limit(String id, long waitMs) {
        if (++refusals > MOST_REFUSALS) {
            close(CloseCode.TOO_MANY_REQUESTS);
        } else {
            session.error(id, AppError.rateLimited(waitMs));
        }
    }

    private void dispatch(String id, String type, ObjectNode fields) {
        long started = System.nanoTime();
        if (type.equals("hello")) {
            hello(id, fields);
        } else if (!session.isReady()) {
            refuse(id, AppError.of(ErrorCode.UNAUTHENTICATED, "Say hello first"));
        } else if (type.equals("ping")) {
            session.pong(id);
        } else {
            begun();
            var outcome = type.equals("renew") ? renew(fields) : parts.router().run(session, type, fields);
            outcome.onComplete(answer -> {
                ended();
                if (answer.succeeded()) {
                    session.ok(id, answer.result());
                    parts.metrics().command(type, "ok", System.nanoTime() - started);
                } else {
                    AppError error = errorOf(type, answer.cause());
                    session.error(id, error);
                    parts.metrics()
                            .command(parts.router().name(type), error.code().word(), System.nanoTime() - started);
                }
            });
        }
    }

    private void hello(String id, ObjectNode fields) {
        if (greeted) {
            session.error(id, AppError.of(ErrorCode.CONFLICT, "This session has said hello"));
            return;
        }
        greeted = true;
        // Commands behind the hello wait in the socket until the session is ready.
        socket.pause();
        io.vertx.core.Future<Void> admitted;
        try {
            admitted = parts.entrance().admit(session, id, fields, this::known, () -> !closing && !gone);
        } catch (AppError bad) {
            admitted = io.vertx.core.Future.failedFuture(bad);
        }
        admitted.onSuccess(ready -> parts.metrics().sessionOpened()).onFailure(cause -> turnAway(id, cause));
        admitted.onComplete(any -> {
            if (!gone) {
                socket.resume();
            }
        });
    }

    private void turnAway(String id, Throwable cause) {
        AppError error = errorOf("hello", cause);
        session.error(id, error);
        switch (error.code()) {
            case UNAUTHENTICATED, ACCOUNT_SUSPENDED -> close(CloseCode.UNAUTHENTICATED);
            case VALIDATION_FAILED, MALFORMED -> {
                if (known) {
                    close(CloseCode.BAD_FRAMES);
                } else {
                    greeted = false;
                }
            }
            default -> close(CloseCode.GOING_AWAY);
        }
    }

    private void known(Principal principal) {
        known = true;
        parts.hub().tell(hub -> hub.admission().known(address));
    }

    private io.vertx.core.Future<? extends Record> renew(ObjectNode fields) {
        Renew renew;
        try {
            renew = Json.read(fields, Renew.class);
        } catch (AppError bad) {
            return io.vertx.core.Future.failedFuture(bad);
        }
        return parts.authenticator().authenticate(renew.token()).map(principal -> {
            if (!principal.user().equals(session.principal().user())) {
                throw AppError.of(ErrorCode.FORBIDDEN, "The token is somebody else's");
            }
            session.renew(principal);
            return new Renewed(principal.expiresAt());
        });
    }

    record Renew(String token) {}

    record Renewed(java.time.Instant expiresAt) {}

    private static AppError errorOf(String type, Throwable cause) {
        if (cause instanceof AppError known) {
            return known;
        }
        LOG.error("command {} failed", type, cause);
        return AppError.of(ErrorCode.INTERNAL);
    }

    /** Commands under way are bounded by not reading on: the peer feels it as back pressure. */
    private void begun() {
        if (++pending >= parts.limits().pendingCommands() && !paused) {
            paused = true;
            socket.pause();
        }
    }

    private void ended() {
        pending--;
        if (paused && !gone && pending <= parts.limits().pendingCommands() / 2) {
            paused = false;
            socket.resume();
        }
    }

    private void refuse(@Nullable String id, AppError error) {
        session.error(id, error);
        if (++badFrames >= MOST_BAD_FRAMES) {
            close(CloseCode.BAD_FRAMES);
        }
    }

    /** Called now and then: ends what has not said hello, is silent, or has not renewed its token. */
    void check(long nowMillis) {
        Config.Session limits = parts.limits();
        if (closing) {
            return;
        }
        if ((!known && nowMillis - openedAt > limits.helloTimeoutMs()) || session.expired(nowMillis)) {
            close(CloseCode.UNAUTHENTICATED);
        } else if (nowMillis - heardAt > limits.heartbeatMs() * 5 / 2) {
            close(CloseCode.TOO_SLOW);
        }
    }

    /** The node is going: says so, and closes when nothing is under way any more. */
    void goAway(long retryAfterMs) {
        session.send(Replies.goAway(retryAfterMs));
    }

    boolean idle() {
        return pending == 0;
    }

    @Override
    public void close(CloseCode code) {
        if (closing || gone) {
            return;
        }
        closing = true;
        outbox.flush();
        session.end();
        ending = code;
        socket.close(code.number(), code.reason());
        parts.vertx().setTimer(CLOSE_MS, ignored -> cut());
    }

    private void cut() {
        if (!gone) {
            var unused = ((WebSocketInternal) socket).channelHandlerContext().close();
        }
    }

    /** The connection has ended. */
    void onClosed() {
        gone = true;
        closing = true;
        if (session.isReady()) {
            parts.metrics().sessionClosed(ending);
        }
        session.end();
        boolean wasKnown = known;
        parts.hub().tell(hub -> {
            hub.admission().leave(address, wasKnown);
            if (wasKnown) {
                hub.people().leave(session.principal().user(), session.id());
            }
        });
    }
}
