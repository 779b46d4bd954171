package io.parley.loadtest.client;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.parley.loadtest.check.InvariantCheck;
import io.parley.loadtest.check.Positions;
import io.parley.loadtest.check.Recorder;
import io.parley.loadtest.check.RoomIndex;
import io.parley.loadtest.check.SendPlan;
import io.parley.loadtest.check.Step;
import io.parley.loadtest.check.Texts;
import io.parley.loadtest.check.Violation;
import io.parley.loadtest.wire.JsonScanner;
import io.parley.loadtest.wire.UuidText;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Understands what the server sends, for all sessions of one thread: picks the few fields that matter out of each
 * frame and hands them to the check and the recorder.
 */
final class Inbox {
    private static final byte[] TYPE = bytes("type");
    private static final byte[] ID = bytes("id");
    private static final byte[] CONVERSATION = bytes("conversation");
    private static final byte[] VERSION = bytes("version");
    private static final byte[] MESSAGE = bytes("message");
    private static final byte[] MESSAGES = bytes("messages");
    private static final byte[] NUMBER = bytes("number");
    private static final byte[] SENDER = bytes("sender");
    private static final byte[] TEXT = bytes("text");
    private static final byte[] AFTER = bytes("after");
    private static final byte[] RESULT = bytes("result");
    private static final byte[] RESET = bytes("reset");
    private static final byte[] CHANGED = bytes("changed");
    private static final byte[] COMPLETE = bytes("complete");
    private static final byte[] HEARTBEAT = bytes("heartbeatMs");
    private static final byte[] LAST_VERSION = bytes("lastVersion");
    private static final byte[] ERROR = bytes("error");
    private static final byte[] CODE = bytes("code");
    private static final byte[] OK = bytes("ok");
    private static final byte[] READY = bytes("ready");
    private static final byte[] CHANGES = bytes("changes");
    private static final byte[] CREATED = bytes("message.created");
    private static final byte[] GOAWAY = bytes("goaway");
    private static final int NOWHERE = -1;

    private final JsonScanner scanner = new JsonScanner();
    private final RoomIndex rooms;
    private final List<UUID> users;
    private final Texts texts;
    private final InvariantCheck check;
    private Recorder recorder = new Recorder();
    private @Nullable Step step;
    private BitSet answered = new BitSet();
    private int answers;

    // The frame that is being read.
    private byte[] bytes = {};
    private Kind kind = Kind.OTHER;
    private long command;
    private int room;
    private long version;
    private long after;
    private boolean complete;
    private int heartbeatMs;
    private int resultAt;
    private int changedAt;

    // The message in it.
    private int index;
    private long messageVersion;
    private long number;
    private boolean textAsSent;
    private long senderHigh;
    private long senderLow;

    private enum Kind {
        CREATED,
        OK,
        ERROR,
        READY,
        CHANGED,
        CHANGES,
        GOAWAY,
        OTHER
    }

    /** What the inbox tells of the session itself. */
    interface Session {
        Positions positions();

        /** The server has told all rooms of the session. */
        void ready();

        void heartbeat(int ms);

        /** The server has refused a command that is no send. */
        void refused(String code);
    }

    /** @param users ids of all people of the load */
    Inbox(RoomIndex rooms, List<UUID> users, Texts texts, InvariantCheck check) {
        this.rooms = rooms;
        this.users = users;
        this.texts = texts;
        this.check = check;
    }

    private static byte[] bytes(String word) {
        return word.getBytes(US_ASCII);
    }

    void begin(Step next) {
        step = next;
        answered = new BitSet(next.plan().count());
        answers = 0;
    }

    /** Commands of this step that were answered, with ok or an error. */
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
        bytes = source;
        scanner.start(source, from, to);
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
        read();
        int next = scanner.position();
        switch (kind) {
            case CREATED -> created(session.positions(), nowNanos);
            case OK -> ok(nowNanos);
            case ERROR -> error(session);
            case READY, CHANGED -> heads(session);
            case CHANGES -> changes(session.positions(), nowNanos);
            case GOAWAY -> recorder.error("goaway");
            case OTHER -> other(session.positions());
        }
        scanner.returnTo(next);
    }

    private void read() {
        kind = Kind.OTHER;
        command = NOWHERE;
        room = NOWHERE;
        version = 0;
        complete = true;
        resultAt = NOWHERE;
        changedAt = NOWHERE;
        index = NOWHERE;
        scanner.enterObject();
        while (scanner.nextField()) {
            field();
        }
    }

    private void field() {
        if (scanner.keyIs(TYPE)) {
            scanner.text();
            kind = kind();
        } else if (scanner.keyIs(CONVERSATION)) {
            scanner.text();
            room = rooms.of(high(), low());
        } else if (scanner.keyIs(VERSION)) {
            version = scanner.integer();
        } else if (scanner.keyIs(MESSAGE)) {
            message();
        } else if (scanner.keyIs(ID)) {
            command = scanner.textOrNull() ? commandId() : NOWHERE;
        } else if (scanner.keyIs(RESULT) || scanner.keyIs(ERROR)) {
            resultAt = scanner.position();
            scanner.skip();
        } else if (scanner.keyIs(CHANGED)) {
            changedAt = scanner.position();
            scanner.skip();
        } else if (scanner.keyIs(COMPLETE)) {
            complete = scanner.truth();
        } else if (scanner.keyIs(HEARTBEAT)) {
            heartbeatMs = (int) scanner.integer();
        } else if (scanner.keyIs(AFTER)) {
            after = scanner.integer();
        } else {
            scanner.skip();
        }
    }

    private Kind kind() {
        if (scanner.textIs(CREATED)) {
            return Kind.CREATED;
        } else if (scanner.textIs(OK)) {
            return Kind.OK;
        } else if (scanner.textIs(ERROR)) {
            return Kind.ERROR;
        } else if (scanner.textIs(READY)) {
            return Kind.READY;
        } else if (scanner.textIs(CHANGED)) {
            return Kind.CHANGED;
        } else if (scanner.textIs(CHANGES)) {
            return Kind.CHANGES;
        } else if (scanner.textIs(GOAWAY)) {
            return Kind.GOAWAY;
        }
        return Kind.OTHER;
    }

    private long high() {
        return UuidText.high(bytes, scanner.valueFrom());
    }

    private long low() {
        return UuidText.low(bytes, scanner.valueFrom());
    }

    /** Ids of sends are numbers; those of other commands are words. */
    private long commandId() {
        long id = 0;
        for (int i = scanner.valueFrom(); i < scanner.valueTo(); i++) {
            if (bytes[i] < '0' || bytes[i] > '9') {
                return NOWHERE;
            }
            id = id * 10 + (bytes[i] - '0');
        }
        return id;
    }

    private void message() {
        int textFrom = NOWHERE;
        int textTo = NOWHERE;
        index = NOWHERE;
        scanner.enterObject();
        while (scanner.nextField()) {
            if (scanner.keyIs(ID)) {
                scanner.text();
                index = step == null ? NOWHERE : step.plan().index(high(), low());
            } else if (scanner.keyIs(NUMBER)) {
                number = scanner.integer();
            } else if (scanner.keyIs(VERSION)) {
                messageVersion = scanner.integer();
            } else if (scanner.keyIs(SENDER) && scanner.textOrNull()) {
                senderHigh = high();
                senderLow = low();
            } else if (scanner.keyIs(TEXT) && scanner.textOrNull()) {
                textFrom = scanner.valueFrom();
                textTo = scanner.valueTo();
            } else if (!scanner.keyIs(SENDER) && !scanner.keyIs(TEXT)) {
                scanner.skip();
            }
        }
        textAsSent = index >= 0 && texts.matches(index, bytes, textFrom, textTo);
    }

    private Step requireStep() {
        if (step == null) {
            throw new IllegalStateException("no step has begun");
        }
        return step;
    }

    private void created(Positions positions, long nowNanos) {
        int slot = room < 0 ? NOWHERE : positions.slot(room);
        if (slot < 0) {
            check.found(Violation.MISDELIVERED, "to " + positions.user() + ", who is not in room " + room);
        } else if (check.advance(positions, slot, version)) {
            if (version != messageVersion) {
                check.found(Violation.MISNUMBERED, "event " + version + " with message of version " + messageVersion);
            }
            arrived(positions, slot, nowNanos);
        }
    }

    private void arrived(Positions positions, int slot, long nowNanos) {
        if (index < 0) {
            return;
        }
        SendPlan plan = requireStep().plan();
        UUID sender = users.get(plan.sender(index));
        boolean fromSender =
                sender.getMostSignificantBits() == senderHigh && sender.getLeastSignificantBits() == senderLow;
        check.message(
                requireStep(),
                positions,
                slot,
                new InvariantCheck.Arrival(index, room, messageVersion, number, fromSender, textAsSent));
        recorder.received(plan.due(index), nowNanos);
    }

    private void ok(long nowNanos) {
        int send = answeredSend();
        if (send < 0) {
            return;
        }
        scanner.returnTo(resultAt);
        scanner.enterObject();
        while (scanner.nextField()) {
            if (scanner.keyIs(VERSION)) {
                messageVersion = scanner.integer();
            } else if (scanner.keyIs(NUMBER)) {
                number = scanner.integer();
            } else {
                scanner.skip();
            }
        }
        check.acknowledged(requireStep(), send, messageVersion, number);
        recorder.acknowledged(requireStep().plan().due(send), nowNanos);
    }

    /** The send of this step that the frame answers, or -1. */
    private int answeredSend() {
        if (command < 0 || step == null) {
            return NOWHERE;
        }
        int send = step.plan().indexOfCommand(command);
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
        answered.set(send);
        answers++;
        return send;
    }

    private void error(Session session) {
        int send = answeredSend();
        scanner.returnTo(resultAt);
        scanner.enterObject();
        while (scanner.nextField()) {
            if (scanner.keyIs(CODE)) {
                scanner.text();
                String code = new String(bytes, scanner.valueFrom(), scanner.valueTo() - scanner.valueFrom(), US_ASCII);
                recorder.error((send < 0 ? "command: " : "send: ") + code);
                if (send < 0) {
                    session.refused(code);
                }
            } else {
                scanner.skip();
            }
        }
    }

    private void heads(Session session) {
        scanner.returnTo(changedAt);
        scanner.enterArray();
        while (scanner.nextElement()) {
            head(session.positions());
        }
        if (kind == Kind.READY) {
            session.heartbeat(heartbeatMs);
        }
        if (complete) {
            session.ready();
        }
    }

    private void head(Positions positions) {
        int where = NOWHERE;
        long last = 0;
        scanner.enterObject();
        while (scanner.nextField()) {
            if (scanner.keyIs(CONVERSATION)) {
                scanner.text();
                where = rooms.of(high(), low());
            } else if (scanner.keyIs(LAST_VERSION)) {
                last = scanner.integer();
            } else {
                scanner.skip();
            }
        }
        int slot = where < 0 ? NOWHERE : positions.slot(where);
        if (slot >= 0) {
            positions.startAt(slot, last);
        }
    }

    private void changes(Positions positions, long nowNanos) {
        int slot = room < 0 ? NOWHERE : positions.slot(room);
        if (slot < 0) {
            check.found(Violation.MISDELIVERED, "to " + positions.user() + ", who is not in room " + room);
            return;
        }
        long before = positions.version(slot);
        scanner.returnTo(resultAt);
        scanner.enterObject();
        while (scanner.nextField()) {
            if (scanner.keyIs(VERSION)) {
                version = scanner.integer();
            } else if (scanner.keyIs(MESSAGES)) {
                healed(positions, slot, before, nowNanos);
            } else if (scanner.keyIs(RESET) && scanner.truth()) {
                recorder.error("reset");
            } else if (!scanner.keyIs(RESET)) {
                scanner.skip();
            }
        }
        check.leap(positions, slot, after, version);
    }

    private void healed(Positions positions, int slot, long before, long nowNanos) {
        scanner.enterArray();
        while (scanner.nextElement()) {
            message();
            if (messageVersion > before) {
                recorder.healed();
                arrived(positions, slot, nowNanos);
            }
        }
    }

    private void other(Positions positions) {
        int slot = room < 0 ? NOWHERE : positions.slot(room);
        if (slot >= 0 && version > 0) {
            check.advance(positions, slot, version);
        }
    }
}
