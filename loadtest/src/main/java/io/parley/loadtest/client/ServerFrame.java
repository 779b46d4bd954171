package io.parley.loadtest.client;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.parley.loadtest.check.RoomIndex;
import io.parley.loadtest.wire.JsonScanner;
import io.parley.loadtest.wire.UuidText;

/**
 * One object of the server, read field by field into variables: the few that matter, without objects. What lies deeper
 * (results, heads) is skipped first and entered later, when its kind is known. Valid until the next {@link #read}.
 */
final class ServerFrame {
    static final int NOWHERE = -1;

    /** Ids of commands that ask for the changes of a room begin with it; the number of the slot follows. */
    static final char CATCH_UP = 'c';

    private static final byte[] TYPE = bytes("type");
    private static final byte[] ID = bytes("id");
    private static final byte[] CONVERSATION = bytes("conversation");
    private static final byte[] VERSION = bytes("version");
    private static final byte[] MESSAGE = bytes("message");
    private static final byte[] NUMBER = bytes("number");
    private static final byte[] SENDER = bytes("sender");
    private static final byte[] TEXT = bytes("text");
    private static final byte[] AFTER = bytes("after");
    private static final byte[] RESULT = bytes("result");
    private static final byte[] CHANGED = bytes("changed");
    private static final byte[] CURSOR = bytes("cursor");
    private static final byte[] COMPLETE = bytes("complete");
    private static final byte[] HEARTBEAT = bytes("heartbeatMs");

    private static final Kind[] KINDS = Kind.values();
    /** The words for all kinds but the last. */
    private static final byte[][] WORDS = {
        bytes("message.created"),
        bytes("ok"),
        bytes("error"),
        bytes("ready"),
        bytes("changed"),
        bytes("changes"),
        bytes("pong"),
        bytes("goaway")
    };

    private static final byte[] ERROR = bytes("error");

    final JsonScanner scanner = new JsonScanner();
    private final RoomIndex rooms;
    private byte[] bytes = {};

    Kind kind = Kind.OTHER;
    /** Of a send: its number. */
    long command;
    /** Of a command that asked for changes: the slot of the room. */
    int catchUp;

    int room;
    long version;
    long after;
    boolean complete;
    int heartbeatMs;
    int resultAt;
    int changedAt;
    int cursorFrom;
    int cursorTo;

    // The message in it.
    long idHigh;
    long idLow;
    long number;
    long messageVersion;
    long senderHigh;
    long senderLow;
    int textFrom;
    int textTo;

    enum Kind {
        CREATED,
        OK,
        ERROR,
        READY,
        CHANGED,
        CHANGES,
        PONG,
        GOAWAY,
        OTHER
    }

    ServerFrame(RoomIndex rooms) {
        this.rooms = rooms;
    }

    static byte[] bytes(String word) {
        return word.getBytes(US_ASCII);
    }

    /** Begins with a frame of one object or an array of them; then comes {@link #read} for each. */
    void start(byte[] source, int from, int to) {
        bytes = source;
        scanner.start(source, from, to);
    }

    byte[] source() {
        return bytes;
    }

    void read() {
        kind = Kind.OTHER;
        command = NOWHERE;
        catchUp = NOWHERE;
        room = NOWHERE;
        version = 0;
        after = 0;
        complete = true;
        resultAt = NOWHERE;
        changedAt = NOWHERE;
        cursorFrom = NOWHERE;
        idHigh = 0;
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
            room = room();
        } else if (scanner.keyIs(VERSION)) {
            version = scanner.integer();
        } else if (scanner.keyIs(MESSAGE)) {
            message();
        } else if (scanner.keyIs(ID)) {
            commandId();
        } else if (scanner.keyIs(RESULT) || scanner.keyIs(ERROR)) {
            resultAt = skipped();
        } else if (scanner.keyIs(CHANGED)) {
            changedAt = skipped();
        } else if (scanner.keyIs(COMPLETE)) {
            complete = scanner.truth();
        } else if (scanner.keyIs(HEARTBEAT)) {
            heartbeatMs = (int) scanner.integer();
        } else if (scanner.keyIs(AFTER)) {
            after = scanner.integer();
        } else if (scanner.keyIs(CURSOR) && scanner.textOrNull()) {
            cursorFrom = scanner.valueFrom();
            cursorTo = scanner.valueTo();
        } else if (!scanner.keyIs(CURSOR)) {
            scanner.skip();
        }
    }

    private int skipped() {
        int at = scanner.position();
        scanner.skip();
        return at;
    }

    private Kind kind() {
        for (int i = 0; i < WORDS.length; i++) {
            if (scanner.textIs(WORDS[i])) {
                return KINDS[i];
            }
        }
        return Kind.OTHER;
    }

    /** Takes the id of a room; its index, or -1 if it is none of ours. */
    int room() {
        scanner.text();
        return rooms.of(high(), low());
    }

    private long high() {
        return UuidText.high(bytes, scanner.valueFrom());
    }

    private long low() {
        return UuidText.low(bytes, scanner.valueFrom());
    }

    /** Ids of sends are numbers, those that ask for changes a letter and a number, those of other commands words. */
    private void commandId() {
        if (!scanner.textOrNull()) {
            return;
        }
        int from = scanner.valueFrom();
        boolean asks = from < scanner.valueTo() && bytes[from] == CATCH_UP;
        long id = digits(asks ? from + 1 : from, scanner.valueTo());
        if (asks) {
            catchUp = (int) id;
        } else {
            command = id;
        }
    }

    private long digits(int from, int to) {
        long id = from < to ? 0 : NOWHERE;
        for (int i = from; i < to; i++) {
            if (bytes[i] < '0' || bytes[i] > '9') {
                return NOWHERE;
            }
            id = id * 10 + (bytes[i] - '0');
        }
        return id;
    }

    /** Takes a message. */
    void message() {
        textFrom = NOWHERE;
        textTo = NOWHERE;
        idHigh = 0;
        scanner.enterObject();
        while (scanner.nextField()) {
            if (scanner.keyIs(ID)) {
                scanner.text();
                idHigh = high();
                idLow = low();
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
    }
}
