package io.parley.server.session;

import io.netty.channel.Channel;
import io.parley.server.auth.Principal;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.vertx.core.MultiMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event stream from its request to its end, on its event loop. It carries what a WebSocket would, in the same order
 * and with the same bounds; how it is said is the matter of {@link EventStreamFraming}. As nothing comes from the client,
 * a sign of life is sent to him.
 */
final class StreamConnection implements LiveConnection {
    private static final Logger LOG = LoggerFactory.getLogger(StreamConnection.class);

    /** When a client comes back whose stream has ended without a word, at random in this range. */
    private static final long FIRST_RETRY_MS = 1_000;

    private static final long LAST_RETRY_MS = 4_000;

    /** No turn of the loop. */
    private static final long NEVER = -1;

    private final SessionServices services;
    private final Place place;
    private final Consumer<LiveConnection> closed;
    private final EventStreamFraming framing;
    private final StreamHandler stream;
    private final SocketOutbox outbox;
    private final Session session;
    private long aliveAt = System.nanoTime();
    private long toldAt = NEVER;
    private boolean closing;
    private Enum<?> ending = Ending.BY_PEER;

    /** How a session ended that was not ended by us; for metrics. */
    private enum Ending {
        BY_PEER
    }

    /**
     * @param place that it has been given
     * @param closed called when the connection has ended
     */
    StreamConnection(SessionServices services, Channel channel, Place place, Consumer<LiveConnection> closed) {
        this.services = services;
        this.place = place;
        this.closed = closed;
        this.framing = new EventStreamFraming(this::newPosition);
        this.stream = new StreamHandler(services.context(), channel, this::onClosed);
        this.outbox = new SocketOutbox(
                channel,
                framing,
                services.flusher(),
                services.limits().outboundBytes(),
                () -> close(CloseCode.TOO_SLOW));
        this.session = new Session(Ids.next(), services.loop(), services.bus(), outbox, this);
    }

    /**
     * Answers the request and begins.
     *
     * @param headers of the answer, besides those that say that it is a stream
     * @param since where the client was; null: from the beginning
     */
    void begin(MultiMap headers, Principal principal, HubActions.@Nullable Position since) {
        place.known();
        stream.install(headers);
        stream.write(EventStreamFraming.retry(ThreadLocalRandom.current().nextLong(FIRST_RETRY_MS, LAST_RETRY_MS)));
        services.entrance()
                .admit(session, principal, since, () -> !closing)
                .onSuccess(begun -> place.opened())
                .onFailure(this::turnAway);
    }

    private void turnAway(Throwable cause) {
        boolean stranger = cause instanceof AppError refused && refused.code() == ErrorCode.UNAUTHENTICATED;
        if (!(cause instanceof AppError)) {
            LOG.error("a stream could not begin", cause);
        }
        close(stranger ? CloseCode.UNAUTHENTICATED : CloseCode.GOING_AWAY);
    }

    /** Not before {@code ready} has been said whole: who has a part of it must not resume behind it. */
    private @Nullable String newPosition() {
        long turn = session.bookmark().turn();
        if (!session.isReady() || turn == toldAt) {
            return null;
        }
        toldAt = turn;
        return session.bookmark().cursor();
    }

    @Override
    public void check(long now, long nowMillis) {
        if (session.expired(nowMillis)) {
            close(CloseCode.UNAUTHENTICATED);
        } else if (TimeUnit.NANOSECONDS.toMillis(now - aliveAt)
                        >= services.limits().heartbeatMs()
                && !closing
                && stream.isWritable()) {
            aliveAt = now;
            // The position holds for what was sent before it.
            outbox.flush();
            stream.write(framing.heartbeat());
        }
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
        if (!closing) {
            stream.write(EventStreamFraming.retry(retryAfterMs));
            session.send(Replies.goAway(retryAfterMs));
        }
    }

    @Override
    public boolean idle() {
        return true;
    }

    @Override
    public void close(CloseCode code) {
        if (closing) {
            return;
        }
        closing = true;
        ending = code;
        stream.ending();
        session.end();
        stream.end(EventStreamFraming.last(Replies.closed(code)));
    }

    private void onClosed() {
        closing = true;
        place.leave(session, ending);
        closed.accept(this);
    }
}
