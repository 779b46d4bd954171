package io.parley.server.session;

import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/**
 * A text message as it goes over the wire to a client, header and all (RFC 6455 section 5.2): made once, and shared by
 * all who get it.
 *
 * @param bytes never altered
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record TextFrame(byte[] bytes) {
    private static final int FINAL_TEXT = 0x81;

    /** Longer payloads have their length in two bytes more, or in eight. */
    private static final int MOST_IN_ONE_BYTE = 125;

    private static final int TWO_BYTES = 126;
    private static final int EIGHT_BYTES = 127;
    private static final int MOST_IN_TWO_BYTES = 0xFFFF;

    static TextFrame of(Buffer message) {
        int length = message.length();
        int header = header(length);
        byte[] bytes = new byte[header + length];
        putHeader(bytes, length);
        message.getBytes(0, length, bytes, header);
        return new TextFrame(bytes);
    }

    /** Bytes of a header for so many bytes of payload. */
    private static int header(int payload) {
        return payload <= MOST_IN_ONE_BYTE ? 2 : payload <= MOST_IN_TWO_BYTES ? 4 : 10;
    }

    private static void putHeader(byte[] bytes, int payload) {
        bytes[0] = (byte) FINAL_TEXT;
        if (payload <= MOST_IN_ONE_BYTE) {
            bytes[1] = (byte) payload;
        } else if (payload <= MOST_IN_TWO_BYTES) {
            bytes[1] = TWO_BYTES;
            bytes[2] = (byte) (payload >>> 8);
            bytes[3] = (byte) payload;
        } else {
            // The upper four of the eight bytes stay 0: an array is not that long.
            bytes[1] = EIGHT_BYTES;
            for (int i = 0; i < Integer.BYTES; i++) {
                bytes[6 + i] = (byte) (payload >>> (8 * (3 - i)));
            }
        }
    }

    /** Bytes on the wire. */
    int length() {
        return bytes.length;
    }

    private int payload() {
        return switch (bytes[1]) {
            case TWO_BYTES -> 4;
            case EIGHT_BYTES -> 10;
            default -> 2;
        };
    }

    /** Bytes on the wire of the messages of these as one JSON array, at most. */
    static int lengthJoined(int lengths, int count) {
        return lengths + count + 1 + header(lengths);
    }

    /** Writes the messages as one message: a JSON array of them. */
    static void writeJoined(List<TextFrame> frames, ByteBuf out) {
        int payload = 1 + frames.size();
        for (TextFrame frame : frames) {
            payload += frame.length() - frame.payload();
        }
        byte[] header = new byte[header(payload)];
        putHeader(header, payload);
        out.writeBytes(header);
        char before = '[';
        for (TextFrame frame : frames) {
            out.writeByte(before);
            out.writeBytes(frame.bytes, frame.payload(), frame.length() - frame.payload());
            before = ',';
        }
        out.writeByte(']');
    }

    /** Appends the message without a header. */
    void appendTo(Buffer out) {
        out.appendBytes(bytes, payload(), bytes.length - payload());
    }

    /** Writes the message without a header and in one line, as an event stream needs it. */
    void writeLine(ByteBuf out) {
        int from = payload();
        int begun = out.writerIndex();
        out.writeBytes(bytes, from, bytes.length - from);
        // A break that is no part of a text, for those are escaped: JSON takes a space as well.
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] == '\n' || bytes[i] == '\r') {
                out.setByte(begun + i - from, ' ');
            }
        }
    }
}
