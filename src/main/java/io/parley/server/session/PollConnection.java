package io.parley.server.session;

import io.parley.server.auth.Principal;
import io.parley.support.Ids;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A session without a connection: its client comes for the events, poll after poll, and the session is kept in between.
 * One that nobody comes for is silent like a socket from which nothing is heard. One poll at a time waits, and one answer
 * at a time is on its way; a newer poll ends the one before. Lives on the session's event loop.
 */
final class PollConnection implements LiveConnection {
    private static final byte[] CURSOR = "{\"cursor\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EVENTS = "\",\"events\":[".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "]}".getBytes(StandardCharsets.US_ASCII);

    private final SessionServices services;
    private final Place place;
    private final Consumer<LiveConnection> closed;
    private final Mailbox mailbox;
    private final Session session;
    private long heardAt = System.nanoTime();
    private boolean closing;

    /** Up to here nothing is worth an answer by itself. */
    private long dull;

    private @Nullable Poll waiting;
    private @Nullable Runnable overtaking;
    private long timer;

    /** @param closed called when the session is over */
    PollConnection(SessionServices services, Place place, Consumer<LiveConnection> closed) {
        this.services = services;
        this.place = place;
        this.closed = closed;
        this.mailbox =
                new Mailbox(services.flusher(), services.limits().outboundBytes(), this::onFilled, this::onOverflow);
        this.session = new Session(Ids.next(), services.loop(), services.bus(), mailbox, this);
    }

    /**
     * @param since where the client was; null: from the beginning
     * @return completes when events are kept for the client; fails when the session could not begin, and is over
     */
    Future<Void> begin(Principal principal, HubActions.@Nullable Position since) {
        place.known();
        services.loop().polls().add(session.id(), this);
        return services.entrance()
                .admit(session, principal, since, () -> !closing)
                .<Void>map(news -> {
                    place.opened();
                    dull = news ? 0 : mailbox.last();
                    return null;
                })
                .onFailure(refused -> close(CloseCode.GOING_AWAY));
    }

    Session session() {
        return session;
    }

    /** The client has come for what is there after the last event that it has. */
    void take(Poll poll) {
        if (!session.isOfLogin(poll.principal()) || !mailbox.acknowledge(poll.after())) {
            poll.unknown();
            return;
        }
        session.renew(poll.principal());
        if (overtaking != null) {
            overtaking.run();
            overtaking = null;
        }
        answer();
        waiting = poll;
        if (isFresh() || poll.timeoutMs() == 0) {
            answer();
        } else {
            timer = services.context().owner().setTimer(poll.timeoutMs(), ignored -> answer());
        }
    }

    private boolean isFresh() {
        return waiting != null && mailbox.last() > Math.max(waiting.after(), dull);
    }

    private void onFilled() {
        if (isFresh()) {
            answer();
        }
    }

    /** What could not be kept is missing for good: whoever waits resumes from the position that he has. */
    private void onOverflow() {
        if (waiting != null) {
            waiting.unknown();
            waiting = null;
        }
        close(CloseCode.TOO_SLOW);
    }

    /** Gives whoever waits what there is. */
    private void answer() {
        if (waiting == null) {
            return;
        }
        services.context().owner().cancelTimer(timer);
        waiting.answer(document());
        overtaking = waiting.overtaking();
        waiting = null;
        heardAt = System.nanoTime();
    }

    private Buffer document() {
        List<TextFrame> frames = mailbox.kept();
        Cursor.Kept kept = new Cursor.Kept(session.id(), mailbox.last());
        Buffer document = Buffer.buffer((int) mailbox.bytes() + 256)
                .appendBytes(CURSOR)
                .appendString(Cursor.encode(session.bookmark().position(), kept))
                .appendBytes(EVENTS);
        for (int i = 0; i < frames.size(); i++) {
            if (i > 0) {
                document.appendByte((byte) ',');
            }
            frames.get(i).appendTo(document);
        }
        return document.appendBytes(END);
    }

    @Override
    public void check(long now, long nowMillis) {
        if (session.expired(nowMillis)) {
            close(CloseCode.UNAUTHENTICATED);
        } else if (waiting == null
                && TimeUnit.NANOSECONDS.toMillis(now - heardAt)
                        > services.limits().heartbeatMs() * 5 / 2) {
            close(CloseCode.TOO_SLOW);
        }
    }

    @Override
    public boolean isKnown() {
        return place.isKnown();
    }

    @Override
    public long waiting() {
        return mailbox.bytes();
    }

    @Override
    public void goAway(long retryAfterMs) {
        session.send(Replies.goAway(retryAfterMs));
    }

    @Override
    public boolean idle() {
        return true;
    }

    /** Whoever waits is told; whoever does not finds the session gone when he comes, and begins another one. */
    @Override
    public void close(CloseCode code) {
        if (closing) {
            return;
        }
        closing = true;
        session.send(Replies.closed(code));
        answer();
        services.loop().polls().remove(session.id());
        place.leave(session, code);
        closed.accept(this);
    }
}
