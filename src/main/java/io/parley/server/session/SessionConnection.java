package io.parley.server.session;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.parley.support.AppError;
import io.parley.support.Config;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebSocket from open to close, on its event loop: life and death. What its messages say is the matter of
 * {@link SessionCommands}, what goes out of {@link SocketOutbox}, how it is said of {@link WebSocketHandler}.
 */
final class SessionConnection implements LiveConnection, SessionCommands.Line, WebSocketHandler.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(SessionConnection.class);

    private final SessionServices services;
    private final Place place;
    private final Session session;
    private final SocketOutbox outbox;
    private final SessionCommands commands;
    private final FrameAssembler assembler;
    private final WebSocketHandler socket;
    private final Consumer<SessionConnection> closed;
    private final long openedAt = System.nanoTime();
    private long heardAt = openedAt;
    private boolean closing;
    private boolean gone;
    private Enum<?> ending = Ending.BY_PEER;

    /** How a session ended that was not ended by us; for metrics. */
    private enum Ending {
        BY_PEER
    }

    /**
     * @param place that it has been given
     * @param closed called when the connection has ended
     */
    SessionConnection(SessionServices services, Channel channel, Place place, Consumer<SessionConnection> closed) {
        this.services = services;
        this.place = place;
        this.closed = closed;
        this.socket = new WebSocketHandler(services.context(), this);
        this.assembler = new FrameAssembler(services.limits().maxFrameBytes());
        this.outbox = new SocketOutbox(
                channel,
                WebSocketFraming.SINGLE,
                services.flusher(),
                services.limits().outboundBytes(),
                () -> close(CloseCode.TOO_SLOW));
        this.session = new Session(Ids.next(), services.loop(), services.bus(), outbox, this);
        this.commands = new SessionCommands(services, session, this);
    }

    /** What the connection hears through. */
    ChannelHandler handler() {
        return socket;
    }

    @Override
    public void onHeard() {
        heardAt = System.nanoTime();
        // Replies to a peer that floods without reading would otherwise pile up behind the budget.
        outbox.requireRoom();
    }

    @Override
    public void onData(WebSocketFrame frame) {
        if (closing) {
            return;
        }
        switch (assembler.add(frame, commands::onMessage)) {
            case TOO_LARGE -> close(CloseCode.FRAME_TOO_LARGE);
            case BINARY -> commands.refuse(null, AppError.of(ErrorCode.MALFORMED, "Frames must be text"));
            case FINE -> {}
        }
    }

    @Override
    public void onEnding() {
        closing = true;
        session.end();
    }

    @Override
    public void onFailure(Throwable cause) {
        if (!(cause instanceof CorruptedWebSocketFrameException bad)) {
            LOG.debug("session {}: {}", session.id(), cause.toString());
            socket.cut();
        } else if (bad.closeStatus().equals(WebSocketCloseStatus.MESSAGE_TOO_BIG)) {
            close(CloseCode.FRAME_TOO_LARGE);
        } else {
            ending = CloseCode.PROTOCOL_ERROR;
            socket.fail(CloseCode.PROTOCOL_ERROR.number(), CloseCode.PROTOCOL_ERROR.reason());
        }
    }

    /** Ends what has not said hello, is silent, or has not renewed its token. */
    @Override
    public void check(long now, long nowMillis) {
        Config.Session limits = services.limits();
        if ((!place.isKnown() && passed(openedAt, now) > limits.helloTimeoutMs()) || session.expired(nowMillis)) {
            close(CloseCode.UNAUTHENTICATED);
        } else if (passed(heardAt, now) > limits.heartbeatMs() * 5 / 2) {
            close(CloseCode.TOO_SLOW);
        }
    }

    private static long passed(long since, long now) {
        return TimeUnit.NANOSECONDS.toMillis(now - since);
    }

    @Override
    public boolean isKnown() {
        return place.isKnown();
    }

    @Override
    public long waiting() {
        return outbox.waiting();
    }

    @Override
    public void goAway(long retryAfterMs) {
        session.send(Replies.goAway(retryAfterMs));
    }

    @Override
    public boolean idle() {
        return commands.pending() == 0;
    }

    @Override
    public void identified() {
        place.known();
    }

    @Override
    public void begun() {
        place.opened();
    }

    @Override
    public boolean isOpen() {
        return !closing && !gone;
    }

    @Override
    public void pause() {
        socket.pause();
    }

    @Override
    public void resume() {
        if (!gone) {
            socket.resume();
        }
    }

    @Override
    public void close(CloseCode code) {
        if (!isOpen()) {
            return;
        }
        ending = code;
        socket.close(code.number(), code.reason());
    }

    @Override
    public void onClosed() {
        gone = true;
        place.leave(session, ending);
        closed.accept(this);
    }
}
