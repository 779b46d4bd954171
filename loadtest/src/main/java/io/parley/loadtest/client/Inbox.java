package io.parley.loadtest.client;

import static io.parley.loadtest.client.ServerFrame.NOWHERE;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.parley.loadtest.check.InvariantCheck;
import io.parley.loadtest.check.Positions;
import io.parley.loadtest.check.Recorder;
import io.parley.loadtest.check.RoomIndex;
import io.parley.loadtest.check.Step;
import io.parley.loadtest.check.Texts;
import io.parley.loadtest.check.Violation;
import io.parley.loadtest.wire.JsonScanner;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Understands what the server sends, for all sessions of one thread: hands what has come to the check and the
 * recorder, and to the session what concerns itself.
 */
final class Inbox {
    private static final byte[] CONVERSATION = ServerFrame.bytes("conversation");
    private static final byte[] LAST_VERSION = ServerFrame.bytes("lastVersion");
    private static final byte[] VERSION = ServerFrame.bytes("version");
    private static final byte[] NUMBER = ServerFrame.bytes("number");
    private static final byte[] MESSAGES = ServerFrame.bytes("messages");
    private static final byte[] RESET = ServerFrame.bytes("reset");
    private static final byte[] CODE = ServerFrame.bytes("code");

    private final ServerFrame frame;
    private final JsonScanner scanner;
    private final List<UUID> users;
    private final Texts texts;
    private final InvariantCheck check;
    private Recorder recorder = new Recorder();
    private @Nullable Step step;
    private BitSet answered = new BitSet();
    /** For each send how long after it was due it has reached the last session here so far; 0: none yet. */
    private long[] reached = {};

    private int answers;

    /** What the inbox tells of the session itself. */
    interface Session {
        Positions positions();

        /** What it lacks since it was away; null if nothing. */
        @Nullable
        CatchUp catchUp();

        /** The server has told all rooms of the session, or all that changed since its cursor. */
        void ready();

        void heartbeat(int ms);

        void cursor(byte[] bytes, int from, int to);

        /** A send was answered for good. */
        void answered(int send);

        /**
         * The server could not do what a send asks for.
         *
         * @return whether the session will say it once more
         */
        boolean again(int send, String code);

        /**
         * The server could not say what has changed in a room.
         *
         * @return whether the session will ask once more
         */
        boolean askAgain(int slot, String code);

        /** The server has refused another command. */
        void refused(String code);

        /** Asks for what is after the version that the session has of the room. */
        void ask(int slot);

        /** Nothing is lacking any more. */
        void caughtUp();
    }

    /** @param users ids of all people of the load */
    Inbox(RoomIndex rooms, List<UUID> users, Texts texts, InvariantCheck check) {
        this.frame = new ServerFrame(rooms);
        this.scanner = frame.scanner;
        this.users = users;
        this.texts = texts;
        this.check = check;
    }

    void begin(Step next) {
        step = next;
        answered = new BitSet(next.plan().count());
        answers = 0;
        reached = new long[next.plan().count()];
    }

    /** How long each send of this step took to the last session here, nanoseconds; 0: it has reached none. */
    long[] reached() {
        return reached;
    }

    @Nullable
    Step step() {
        return step;
    }

    /** Sends of this step that were answered for good. */
    int answers() {
        return answers;
    }

    Recorder recorder() {
        return recorder;
    }

    /** Hands over what was recorded and starts anew. */
    Recorder take() {
        Recorder taken = recorder;
        recorder = new Recorder();
        return taken;
    }

    /** A frame with one object or an array of them. */
    void frame(Session session, byte[] source, int from, int to, long nowNanos) {
        frame.start(source, from, to);
        if (!scanner.atArray()) {
            object(session, nowNanos);
            return;
        }
        scanner.enterArray();
        while (scanner.nextElement()) {
            object(session, nowNanos);
        }
    }

    private void object(Session session, long nowNanos) {
        frame.read();
        int next = scanner.position();
        switch (frame.kind) {
            case CREATED -> created(session, nowNanos);
            case OK -> ok(session, nowNanos);
            case ERROR -> error(session);
            case READY, CHANGED, PONG -> heads(session);
            case CHANGES -> changes(session, nowNanos);
            case GOAWAY -> recorder.note("goaway");
            case OTHER -> other(session);
        }
        scanner.returnTo(next);
    }

    private Step requireStep() {
        if (step == null) {
            throw new IllegalStateException("no step has begun");
        }
        return step;
    }

    private int slot(Positions positions) {
        int slot = frame.room < 0 ? NOWHERE : positions.slot(frame.room);
        if (slot < 0) {
            check.found(Violation.MISDELIVERED, "to " + positions.user() + ", who is not in room " + frame.room);
        }
        return slot;
    }

    private void created(Session session, long nowNanos) {
        Positions positions = session.positions();
        int slot = slot(positions);
        if (slot < 0) {
            return;
        }
        CatchUp behind = session.catchUp();
        if (behind != null && behind.awaits(slot)) {
            positions.heard(slot, frame.version);
            behind.keep(slot, new CatchUp.Kept(frame.version, arrival()));
        } else if (check.advance(positions, slot, frame.version)) {
            if (frame.version != frame.messageVersion) {
                check.found(
                        Violation.MISNUMBERED,
                        "event " + frame.version + " with message of version " + frame.messageVersion);
            }
            arrived(positions, slot, arrival(), nowNanos);
        }
    }

    /** The message of the frame, if it is one of this step. */
    private InvariantCheck.@Nullable Arrival arrival() {
        int index = step == null ? NOWHERE : step.plan().index(frame.idHigh, frame.idLow);
        if (index < 0) {
            return null;
        }
        UUID sender = users.get(requireStep().plan().sender(index));
        return new InvariantCheck.Arrival(
                index,
                frame.room,
                frame.messageVersion,
                frame.number,
                sender.getMostSignificantBits() == frame.senderHigh
                        && sender.getLeastSignificantBits() == frame.senderLow,
                texts.matches(index, frame.source(), frame.textFrom, frame.textTo));
    }

    private void arrived(Positions positions, int slot, InvariantCheck.@Nullable Arrival arrival, long nowNanos) {
        if (arrival != null) {
            check.message(requireStep(), positions, slot, arrival);
            long due = requireStep().plan().due(arrival.index());
            recorder.received(due, nowNanos);
            reached[arrival.index()] = Math.max(1, nowNanos - due);
        }
    }

    private void ok(Session session, long nowNanos) {
        if (frame.catchUp >= 0) {
            caughtUp(session, frame.catchUp, nowNanos);
            return;
        }
        int send = answeredSend();
        if (send < 0) {
            return;
        }
        long version = 0;
        long number = 0;
        scanner.returnTo(frame.resultAt);
        scanner.enterObject();
        while (scanner.nextField()) {
            if (scanner.keyIs(VERSION)) {
                version = scanner.integer();
            } else if (scanner.keyIs(NUMBER)) {
                number = scanner.integer();
            } else {
                scanner.skip();
            }
        }
        done(session, send);
        check.acknowledged(requireStep(), send, version, number);
        recorder.acknowledged(requireStep().plan().due(send), nowNanos);
    }

    private void done(Session session, int send) {
        answered.set(send);
        answers++;
        session.answered(send);
    }

    /** The send of this step that the frame answers, or -1. */
    private int answeredSend() {
        if (frame.command < 0 || step == null) {
            return NOWHERE;
        }
        int send = step.plan().indexOfCommand(frame.command);
        if (send < 0) {
            recorder.error("answer after the end of its step");
            return NOWHERE;
        }
        if (!step.ledger().wasSent(send)) {
            check.found(Violation.PHANTOM, "answer to send " + send);
            return NOWHERE;
        }
        if (answered.get(send)) {
            check.found(Violation.ANSWERED_TWICE, "send " + send);
            return NOWHERE;
        }
        return send;
    }

    private void error(Session session) {
        int send = answeredSend();
        String code = "?";
        scanner.returnTo(frame.resultAt);
        scanner.enterObject();
        while (scanner.nextField()) {
            if (scanner.keyIs(CODE)) {
                scanner.text();
                code = new String(
                        frame.source(), scanner.valueFrom(), scanner.valueTo() - scanner.valueFrom(), US_ASCII);
            } else {
                scanner.skip();
            }
        }
        if (frame.catchUp >= 0 && session.askAgain(frame.catchUp, code)) {
            recorder.note("changes: " + code);
        } else if (send >= 0 && session.again(send, code)) {
            recorder.note("send: " + code);
        } else if (send >= 0) {
            done(session, send);
            recorder.error("send: " + code);
        } else {
            recorder.error("command: " + code);
            session.refused(code);
        }
    }

    private void heads(Session session) {
        if (frame.cursorFrom >= 0) {
            session.cursor(frame.source(), frame.cursorFrom, frame.cursorTo);
        }
        if (frame.changedAt >= 0) {
            scanner.returnTo(frame.changedAt);
            scanner.enterArray();
            while (scanner.nextElement()) {
                head(session);
            }
        }
        if (frame.kind == ServerFrame.Kind.READY) {
            session.heartbeat(frame.heartbeatMs);
        }
        if (frame.complete && frame.kind != ServerFrame.Kind.PONG) {
            session.ready();
        }
    }

    private void head(Session session) {
        Positions positions = session.positions();
        int where = NOWHERE;
        long last = 0;
        scanner.enterObject();
        while (scanner.nextField()) {
            if (scanner.keyIs(CONVERSATION)) {
                where = frame.room();
            } else if (scanner.keyIs(LAST_VERSION)) {
                last = scanner.integer();
            } else {
                scanner.skip();
            }
        }
        int slot = where < 0 ? NOWHERE : positions.slot(where);
        if (slot < 0) {
            return;
        }
        CatchUp behind = session.catchUp();
        if (behind == null && frame.kind != ServerFrame.Kind.PONG) {
            positions.startAt(slot, last);
        }
        positions.heard(slot, last);
    }

    /** The server has summed up of itself. */
    private void changes(Session session, long nowNanos) {
        Positions positions = session.positions();
        int slot = slot(positions);
        if (slot < 0) {
            return;
        }
        CatchUp behind = session.catchUp();
        if (behind != null && behind.awaits(slot) && frame.after > positions.version(slot)) {
            // The answer that is awaited may end before it; then the session asks once more.
            positions.heard(slot, frame.after + 1);
            return;
        }
        sum(positions, slot, nowNanos);
    }

    private void sum(Positions positions, int slot, long nowNanos) {
        long before = positions.version(slot);
        long version = frame.version;
        boolean reset = false;
        scanner.returnTo(frame.resultAt);
        scanner.enterObject();
        while (scanner.nextField()) {
            if (scanner.keyIs(VERSION)) {
                version = scanner.integer();
            } else if (scanner.keyIs(MESSAGES)) {
                healed(positions, slot, before, nowNanos);
            } else if (scanner.keyIs(RESET)) {
                reset = scanner.truth();
            } else {
                scanner.skip();
            }
        }
        if (reset) {
            recorder.error("reset");
        }
        check.leap(positions, slot, frame.after, version);
    }

    private void healed(Positions positions, int slot, long before, long nowNanos) {
        frame.room = positions.room(slot);
        scanner.enterArray();
        while (scanner.nextElement()) {
            frame.message();
            if (frame.messageVersion > before) {
                recorder.healed();
                arrived(positions, slot, arrival(), nowNanos);
            }
        }
    }

    /** What a session that was away has asked for; then comes what was kept until now. */
    private void caughtUp(Session session, int slot, long nowNanos) {
        CatchUp behind = session.catchUp();
        if (behind == null || !behind.awaits(slot)) {
            check.found(Violation.ANSWERED_TWICE, "changes of slot " + slot);
            return;
        }
        Positions positions = session.positions();
        sum(positions, slot, nowNanos);
        positions.gotByAsking(slot);
        for (CatchUp.Kept kept : behind.take(slot)) {
            if (kept.version() == positions.version(slot) + 1 && check.advance(positions, slot, kept.version())) {
                arrived(positions, slot, kept.arrival(), nowNanos);
            }
        }
        if (positions.isBehind(slot)) {
            session.ask(slot);
        } else if (behind.done(slot)) {
            session.caughtUp();
        }
    }

    private void other(Session session) {
        Positions positions = session.positions();
        int slot = frame.room < 0 ? NOWHERE : positions.slot(frame.room);
        if (slot < 0 || frame.version == 0) {
            return;
        }
        CatchUp behind = session.catchUp();
        if (behind != null && behind.awaits(slot)) {
            positions.heard(slot, frame.version);
            behind.keep(slot, new CatchUp.Kept(frame.version, null));
        } else {
            check.advance(positions, slot, frame.version);
        }
    }
}
