package io.parley.loadtest.client;

import io.parley.loadtest.check.Positions;
import io.parley.loadtest.check.Step;
import io.parley.loadtest.wire.FrameWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One person's session. One that lasts comes back by itself when it is cut off, as the contract says: with its cursor,
 * after a growing random time, asks for what it has missed, and says once more what was not answered. Everything runs
 * on the thread of its loop, but {@link #send}, {@link #say} and what people do beside sending may be called on any
 * thread.
 */
final class LoadClient implements Link.User, Inbox.Session {
    private static final long SECOND = 1_000_000_000;
    private static final long MILLI = 1_000_000;
    private static final long HELLO_NANOS = 15 * SECOND;
    private static final double MOST_SILENT_BEATS = 2.5;
    private static final int MOST_DOUBLINGS = 5;
    private static final Set<String> PASSING = Set.of("unavailable", "rate_limited");

    private final ClientLoop loop;
    private final Selector selector;
    private final Positions positions;
    private final List<Endpoint> endpoints;
    private final boolean lasting;
    private final Outbox outbox = new Outbox();
    private String token;
    private byte @Nullable [] cursor;
    private @Nullable CatchUp catchUp;
    private long startedNanos;
    private long cutNanos;
    private long heardNanos;
    private long heartbeatNanos;
    private int attempts;
    private int turn;
    private boolean known;
    private boolean flowing;
    private volatile @Nullable Link link;
    private volatile State state = State.WAITING;

    enum State {
        /** Not connected; a lasting one will be. */
        WAITING,
        CONNECTING,
        READY,
        /** For ever. */
        CLOSED
    }

    /**
     * @param endpoints the first is its own; when that one fails it goes to the next, and so on in turn
     * @param lasting whether it comes back when it is cut off
     */
    LoadClient(
            ClientLoop loop,
            Selector selector,
            Positions positions,
            String token,
            List<Endpoint> endpoints,
            boolean lasting) {
        this.loop = loop;
        this.selector = selector;
        this.positions = positions;
        this.token = token;
        this.endpoints = endpoints;
        this.lasting = lasting;
    }

    /** Begins to connect. */
    void connect() {
        state = State.CONNECTING;
        startedNanos = System.nanoTime();
        catchUp = cursor == null ? null : new CatchUp();
        try {
            Link opened = new Link(loop, selector, endpoint(), this);
            link = opened;
            if (lasting) {
                loop.later(HELLO_NANOS, () -> giveUp(opened, State.CONNECTING, "no answer to hello"));
            }
        } catch (IOException failed) {
            ended(String.valueOf(failed.getMessage()));
        }
    }

    private Endpoint endpoint() {
        return endpoints.get(turn % endpoints.size());
    }

    /** The server hangs: what is not heard of it any more counts as ended. */
    private void giveUp(Link hanging, State then, String reason) {
        if (link == hanging && state == then && hanging.end()) {
            ended(reason);
        }
    }

    @Override
    public Positions positions() {
        return positions;
    }

    @Override
    public @Nullable CatchUp catchUp() {
        return catchUp;
    }

    boolean isReady() {
        return state == State.READY;
    }

    /** Whether it is connected and lacks nothing that it knows of. */
    boolean isSettled() {
        return state == State.READY && catchUp == null;
    }

    @Override
    public void opened(Link opened) {
        opened.send(CommandFrames.hello(loop.writer(), token, cursor, endpoint().batch()));
    }

    @Override
    public void text(byte[] bytes, int from, int to) {
        heardNanos = loop.nowNanos();
        loop.inbox().frame(this, bytes, from, to, loop.nowNanos());
    }

    @Override
    public void cursor(byte[] bytes, int from, int to) {
        if (lasting) {
            cursor = Arrays.copyOfRange(bytes, from, to);
        }
    }

    @Override
    public void heartbeat(int ms) {
        loop.heartbeat(ms);
        heartbeatNanos = ms * MILLI;
    }

    @Override
    public void ready() {
        if (state != State.CONNECTING) {
            return;
        }
        state = State.READY;
        attempts = 0;
        loop.ready(known, System.nanoTime() - startedNanos);
        known = true;
        if (catchUp != null) {
            loop.inbox().recorder().ready(cutNanos, System.nanoTime());
            askForAll(catchUp);
        }
        resume();
    }

    private void askForAll(CatchUp behind) {
        boolean lacks = false;
        for (int slot = 0; slot < positions.rooms(); slot++) {
            if (positions.isBehind(slot)) {
                lacks = true;
                behind.await(slot);
            }
        }
        behind.begin();
        if (!lacks) {
            caughtUp();
            return;
        }
        for (int slot = 0; slot < positions.rooms(); slot++) {
            if (behind.awaits(slot)) {
                ask(slot);
            }
        }
    }

    @Override
    public void ask(int slot) {
        say(CommandFrames.changes(loop.writer(), slot, room(slot), positions.version(slot)));
    }

    private UUID room(int slot) {
        return loop.room(positions.room(slot));
    }

    @Override
    public void caughtUp() {
        catchUp = null;
        loop.inbox().recorder().caughtUp(cutNanos, System.nanoTime());
    }

    /** Says everything once more that has no answer; from now on sends go out at once. */
    private synchronized void resume() {
        Step step = loop.inbox().step();
        if (lasting && step != null) {
            outbox.waiting().forEach(send -> repeat(step, send));
        }
        flowing = true;
    }

    private void repeat(Step step, int send) {
        step.ledger().repeat(send);
        loop.inbox().recorder().note("send repeated");
        say(loop.frames().frame(step.plan(), send));
    }

    /** Only if it was not said once more already, on a new connection. */
    private void repeatRefused(Link then, Step step, int send) {
        if (link == then && step.equals(loop.inbox().step())) {
            repeat(step, send);
        }
    }

    @Override
    public void answered(int send) {
        outbox.answered(send);
    }

    @Override
    public boolean again(int send, String code) {
        Step step = loop.inbox().step();
        Link then = link;
        if (!lasting || step == null || then == null || !PASSING.contains(code)) {
            return false;
        }
        loop.later(pause(), () -> repeatRefused(then, step, send));
        return true;
    }

    @Override
    public boolean askAgain(int slot, String code) {
        Link then = link;
        if (!PASSING.contains(code)) {
            return false;
        }
        loop.later(pause(), () -> {
            if (link == then) {
                ask(slot);
            }
        });
        return true;
    }

    private static long pause() {
        return SECOND / 2 + ThreadLocalRandom.current().nextLong(SECOND);
    }

    @Override
    public void refused(String code) {
        Link refused = link;
        if (state == State.CONNECTING && refused != null && refused.end()) {
            ended("hello refused: " + code);
        }
    }

    void renew(String newer) {
        token = newer;
        if (state == State.READY) {
            say(CommandFrames.renew(loop.writer(), newer));
        }
    }

    void beat() {
        say(CommandFrames.ping(loop.writer()));
        Link now = link;
        if (lasting && now != null && System.nanoTime() - heardNanos > MOST_SILENT_BEATS * heartbeatNanos) {
            giveUp(now, State.READY, "silent");
        }
    }

    /** Types in one of its rooms, as all that follows on any thread. */
    void type(int slot) {
        say(CommandFrames.typing(new FrameWriter(), room(slot)));
    }

    /** Has read one of its rooms to the end. */
    void read(int slot) {
        say(CommandFrames.read(new FrameWriter(), room(slot)));
    }

    void appear(boolean busy) {
        say(CommandFrames.presence(new FrameWriter(), busy));
    }

    /** A new step begins: what was not answered in the one before never will be. */
    void forget() {
        outbox.clear();
    }

    /**
     * Sends a message.
     *
     * @return false if the session is closed and will not come back
     */
    boolean send(int index, ByteBuffer frame) {
        return lasting ? keepAndSend(index, frame) : say(frame);
    }

    private synchronized boolean keepAndSend(int index, ByteBuffer frame) {
        outbox.add(index);
        if (flowing) {
            say(frame);
        }
        return true;
    }

    private synchronized void hold(boolean wasReady) {
        flowing = false;
        if (wasReady && catchUp == null) {
            cutNanos = System.nanoTime();
        }
    }

    /** Says anything, if there is a connection. */
    boolean say(ByteBuffer frame) {
        Link now = link;
        return now != null && state != State.CLOSED && now.send(frame);
    }

    @Override
    public void ended(String reason) {
        boolean wasReady = state == State.READY;
        if (state == State.CLOSED) {
            return;
        }
        link = null;
        hold(wasReady);
        if (!lasting) {
            state = State.CLOSED;
            loop.closed(wasReady, reason);
            return;
        }
        state = State.WAITING;
        turn++;
        loop.away(wasReady, reason);
        long most = SECOND << Math.min(attempts++, MOST_DOUBLINGS);
        loop.later(ThreadLocalRandom.current().nextLong(most), this::connectLater);
    }

    private void connectLater() {
        if (state == State.WAITING) {
            loop.enqueue(this);
        }
    }

    /** Cuts the connection and comes back at once. */
    void drop() {
        Link cut = link;
        if (state == State.READY && cut != null && cut.end()) {
            link = null;
            hold(true);
            state = State.WAITING;
            loop.away(true, "dropped by us");
            loop.enqueue(this);
        }
    }

    /** We end it for ever. */
    void end() {
        state = State.CLOSED;
        Link last = link;
        if (last != null) {
            last.end();
        }
    }
}
