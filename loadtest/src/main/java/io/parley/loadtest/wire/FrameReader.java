package io.parley.loadtest.wire;

/** Finds the WebSocket frames of a server in a buffer. Fragmented messages are not taken: the server sends none. */
public final class FrameReader {
    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int NO_CODE = 1005;

    private FrameReader() {}

    /** Who gets the frames; payloads lie in [from, to) and are only lent. */
    public interface Receiver {
        void text(byte[] bytes, int from, int to);

        void ping(byte[] bytes, int from, int to);

        /** @param code of the close frame, 1005 if it has none */
        void closing(int code);
    }

    /**
     * Hands over all complete frames in [from, to).
     *
     * @return where the first incomplete one begins
     */
    public static int read(byte[] bytes, int from, int to, Receiver receiver) {
        int at = from;
        while (true) {
            int header = headerLength(bytes, at, to);
            if (header == 0) {
                return at;
            }
            long length = payloadLength(bytes, at);
            if (to - at - header < length) {
                return at;
            }
            int payload = at + header;
            int next = payload + (int) length;
            hand(bytes[at], bytes, payload, next, receiver);
            at = next;
        }
    }

    /** 0 while it is not complete. */
    private static int headerLength(byte[] bytes, int at, int to) {
        if (to - at < 2) {
            return 0;
        }
        int length = switch (bytes[at + 1] & 0x7f) {
            case 126 -> 4;
            case 127 -> 10;
            default -> 2;
        };
        return to - at < length ? 0 : length;
    }

    private static long payloadLength(byte[] bytes, int at) {
        int first = bytes[at + 1];
        if (first < 0) {
            throw new IllegalStateException("the server masks its frames");
        }
        return switch (first) {
            case 126 -> bigEndian(bytes, at + 2, 2);
            case 127 -> bigEndian(bytes, at + 2, 8);
            default -> first;
        };
    }

    private static long bigEndian(byte[] bytes, int at, int count) {
        long value = 0;
        for (int i = at; i < at + count; i++) {
            value = value << 8 | (bytes[i] & 0xff);
        }
        return value;
    }

    private static void hand(byte first, byte[] bytes, int from, int to, Receiver receiver) {
        int opcode = first & 0x0f;
        boolean whole = first < 0;
        if (!whole || opcode == CONTINUATION || opcode == BINARY) {
            throw new IllegalStateException("the server sent a frame that is fragmented or binary");
        }
        switch (opcode) {
            case TEXT -> receiver.text(bytes, from, to);
            case PING -> receiver.ping(bytes, from, to);
            case CLOSE -> receiver.closing(to - from < 2 ? NO_CODE : (int) bigEndian(bytes, from, 2));
            default -> {}
        }
    }
}
