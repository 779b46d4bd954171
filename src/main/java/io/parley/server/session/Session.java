package io.parley.server.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.bus.Bus;
import io.parley.bus.Closing;
import io.parley.bus.Frame;
import io.parley.server.auth.Device;
import io.parley.server.auth.Principal;
import io.parley.support.AppError;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One device as long as it is connected, by a WebSocket, a stream or polls, on its event loop: who it is, which rooms
 * it is in, how far it has got, and its way out. What arrives before it is ready is held and delivered after; what it already knows is dropped.
 */
final class Session implements Caller {
    /** Bytes held for a session that is not ready yet; more and it must come again. */
    private static final int MOST_HELD_BYTES = 1 << 20;

    private final UUID id;
    private final SessionLoop loop;
    private final Bus bus;
    private final Outbox outbox;
    private final Connection connection;
    private final Bookmark bookmark;
    private final Subscriptions subscriptions;
    private @Nullable List<Held> held;
    private int heldBytes;
    private @Nullable Principal principal;
    private @Nullable Device device;
    private boolean ready;
    private boolean ended;
    private boolean readReceipts = true;
    private long readReceiptsAsOf;
    private long pingedAt;

    /** Something that came before the session was ready; no subscription: a personal event. */
    private record Held(@Nullable Subscription subscription, long version, TextFrame frame, boolean last) {}

    /** What the session needs of its connection. */
    interface Connection {
        void close(CloseCode code);
    }

    Session(UUID id, SessionLoop loop, Bus bus, Outbox outbox, Connection connection) {
        this.id = id;
        this.loop = loop;
        this.bus = bus;
        this.outbox = outbox;
        this.connection = connection;
        this.bookmark = new Bookmark(loop);
        this.subscriptions = new Subscriptions(this, loop);
    }

    UUID id() {
        return id;
    }

    @Override
    public UUID session() {
        return id;
    }

    @Override
    public Bus bus() {
        return bus;
    }

    @Override
    public Principal principal() {
        return Objects.requireNonNull(principal, "no hello yet");
    }

    @Override
    public @Nullable Device device() {
        return device;
    }

    /** Whether it is told what others have read: only whose person shares what he reads is. */
    boolean getsReadReceipts() {
        return readReceipts;
    }

    /**
     * Events, what stands for missed ones and the snapshot of the beginning overtake each other: the newest holds.
     *
     * @param asOf the person's version at which it is so
     */
    void readReceipts(long asOf, boolean gets) {
        if (asOf >= readReceiptsAsOf) {
            readReceiptsAsOf = asOf;
            readReceipts = gets;
        }
    }

    boolean isReady() {
        return ready;
    }

    /** It is known who this is, and on what, if his client has said it; events are held from now on. */
    void enter(Principal who, @Nullable Device on) {
        principal = who;
        device = on == null ? who.device() : on.over(who.device());
        held = new ArrayList<>();
        loop.enter(who.user(), this);
    }

    /**
     * Whether this one's token may take the place of the one that there is. Not when it is of another log-in: the end of
     * that could be missed by a session that was not of it a moment before.
     */
    boolean isOfLogin(Principal who) {
        return Objects.equals(who.origin().login(), principal().origin().login());
    }

    void renew(Principal who) {
        principal = who;
    }

    boolean expired(long nowMillis) {
        return principal != null && principal.expiresAt().toEpochMilli() < nowMillis;
    }

    /**
     * The person is a member: the session, if it is not in the room already, knows everything up to {@code from}. If it
     * is there for a former membership, that is over, and its end is no news any more. All this may be older than what
     * the session began with: then he has left again since.
     *
     * @param since the version with which he became a member
     * @param readsFrom the first message after that
     * @param gainedAt the person's version of gaining it
     */
    void join(UUID conversation, long since, long from, long readsFrom, long gainedAt) {
        if (ended || !bookmark.isNews(gainedAt)) {
            return;
        }
        Subscription subscription = subscriptions.of(conversation);
        if (subscription == null) {
            subscription = subscriptions.add(conversation, from, readsFrom);
        } else if (subscription.from < since - 1) {
            subscription.from = Math.max(subscription.from, from);
            subscription.readsFrom(readsFrom);
        }
        subscription.gainedAt = Math.max(subscription.gainedAt, gainedAt);
    }

    /** As {@link #join} at a version for which there is no event: gets a frame that tells of it instead. */
    void joinAnew(UUID conversation, long version, long readsFrom, long gainedAt, TextFrame frame) {
        join(conversation, version, version - 1, readsFrom, gainedAt);
        Subscription subscription = subscriptions.of(conversation);
        if (subscription != null) {
            deliver(subscription, version, frame);
        }
    }

    /** Is in the rooms of all these, with nothing known of them yet. */
    void subscribeAll(List<UUID> conversations) {
        if (!ended) {
            subscriptions.addAll(conversations);
        }
    }

    /** As of this version the person is no member. The session may know of a later one as of which he is. */
    void leave(UUID conversation, long version) {
        Subscription subscription = subscriptions.of(conversation);
        if (subscription != null && version > subscription.from) {
            leave(subscription);
        }
    }

    private void leave(Subscription subscription) {
        subscriptions.remove(subscription);
        if (ready) {
            loop.listener().left(this, subscription.room.conversation);
        }
    }

    Subscriptions subscriptions() {
        return subscriptions;
    }

    /** @return 1 when it went out, 0 when the session knew it or must wait for it */
    int deliver(Subscription subscription, long version, TextFrame frame) {
        if (!ready) {
            if (version > 0) {
                hold(new Held(subscription, version, frame, false));
            }
            return 0;
        }
        if (version > 0) {
            if (version <= subscription.from) {
                return 0;
            }
            subscription.from = version;
        }
        outbox.send(frame);
        return 1;
    }

    /** As {@link #deliver}, with which the session is no longer in the room; if it was not news, it is there anew. */
    void deliverLast(Subscription subscription, long version, TextFrame frame) {
        if (!ready) {
            hold(new Held(subscription, version, frame, true));
        } else if (deliver(subscription, version, frame) > 0) {
            leave(subscription);
        }
    }

    void deliverPassing(Frame.Passing passing, TextFrame frame) {
        if (ready && !principal().user().equals(passing.about())) {
            outbox.offer(frame);
        }
    }

    void deliverPersonal(long version, TextFrame frame) {
        if (!ready) {
            hold(new Held(null, version, frame, false));
        } else if (version == 0 || version > bookmark.userVersion()) {
            bookmark.advance(version);
            outbox.send(frame);
        }
    }

    private void hold(Held event) {
        if (held == null) {
            return;
        }
        held.add(event);
        heldBytes += event.frame().length();
        if (heldBytes > MOST_HELD_BYTES) {
            close(CloseCode.TOO_SLOW);
        }
    }

    /** Where the snapshot of {@link HubActions#HEADS} says that this session is. */
    void startAt(UUID snapshotEpoch, long snapshotFence, HubActions.AccountHeads heads) {
        bookmark.begin(snapshotEpoch, snapshotFence, heads.userVersion());
        subscriptions.startAt(heads);
        readReceipts(heads.userVersion(), heads.readReceipts());
    }

    /** {@code ready} has been written: what was held follows. */
    void begin() {
        ready = true;
        pingedAt = loop.deliveries();
        List<Held> waiting = held == null ? List.of() : held;
        held = null;
        for (Held event : waiting) {
            Subscription subscription = event.subscription();
            if (subscription == null) {
                deliverPersonal(event.version(), event.frame());
            } else if (subscriptions.contains(subscription)) {
                if (event.last()) {
                    deliverLast(subscription, event.version(), event.frame());
                } else {
                    deliver(subscription, event.version(), event.frame());
                }
            }
        }
        if (!ended) {
            loop.listener().began(this);
        }
    }

    @Override
    public boolean isIn(UUID conversation) {
        return subscriptions.of(conversation) != null;
    }

    @Override
    public boolean offer(Buffer event) {
        return outbox.offer(TextFrame.of(event));
    }

    void send(TextFrame frame) {
        outbox.send(frame);
    }

    /** {@code ready}, and what belongs to it. */
    void welcome(List<TextFrame> frames) {
        outbox.welcome(frames);
    }

    void batch() {
        outbox.batch();
    }

    void ok(String command, Object result) {
        outbox.send(Replies.ok(command, result));
    }

    void error(@Nullable String command, AppError error) {
        outbox.send(Replies.error(command, error));
    }

    /** Answers a ping: what has changed in this session's rooms since the last one, as far as it has got it. */
    void pong(String command) {
        List<Replies.ChangedEntry> changed = new ArrayList<>();
        for (Subscription subscription : subscriptions.all()) {
            Room room = subscription.room;
            if (room.deliveredAt > pingedAt && subscription.from == room.version) {
                changed.add(new Replies.ChangedEntry(
                        room.conversation.toString(), null, room.lastNumber, room.version, null, null));
            }
        }
        pingedAt = loop.deliveries();
        outbox.send(Replies.pong(command, bookmark.cursor(), bookmark.userVersion(), changed));
    }

    Bookmark bookmark() {
        return bookmark;
    }

    void close(CloseCode code) {
        connection.close(code);
    }

    /** What has ended may have ended what this session was opened with. */
    void closeIf(Closing closing) {
        if (principal().origin().endedBy(closing)) {
            close(CloseCode.UNAUTHENTICATED);
        }
    }

    /** The connection is gone or going: nothing is delivered any more. */
    void end() {
        if (ended) {
            return;
        }
        ended = true;
        outbox.end();
        held = null;
        subscriptions.clear();
        if (principal != null) {
            loop.leave(principal.user(), this);
        }
        if (ready) {
            loop.listener().ended(this);
        }
    }

    /** Fields of a command without the two that belong to the envelope. */
    static ObjectNode fields(ObjectNode command) {
        command.remove(List.of("type", "id"));
        return command;
    }
}
