package io.parley.loadtest.wire;

import java.util.Arrays;

/**
 * Walks through one JSON text where it lies and stops where its user wants to look. Makes no objects. Believes the
 * text to be well-formed JSON; where it is not, what comes out is nonsense or an {@link IllegalStateException}.
 *
 * <p>After {@link #nextField} or {@link #nextElement} has said true, the value must be taken by exactly one of
 * {@link #skip}, {@link #text}, {@link #integer}, {@link #truth}, {@link #enterObject} and {@link #enterArray}. One
 * entered is left when {@code next…} has said false.
 */
public final class JsonScanner {
    private static final byte[] NOTHING = {};

    private byte[] bytes = NOTHING;
    private int at;
    private int end;
    private int keyFrom;
    private int keyTo;
    private int valueFrom;
    private int valueTo;

    /** Starts anew, on the bytes in [from, to). */
    public void start(byte[] source, int from, int to) {
        bytes = source;
        at = from;
        end = to;
    }

    /** Where the scanner stands; with it {@link #returnTo} comes back to a value that was skipped. */
    public int position() {
        return at;
    }

    public void returnTo(int position) {
        at = position;
    }

    /** Whether the next value is an array. */
    public boolean atArray() {
        return peek() == '[';
    }

    public void enterObject() {
        expect('{');
    }

    public void enterArray() {
        expect('[');
    }

    /** Goes to the next field of the object entered last; false at its end. */
    public boolean nextField() {
        if (!nextElement('}')) {
            return false;
        }
        text();
        keyFrom = valueFrom;
        keyTo = valueTo;
        expect(':');
        return true;
    }

    /** Goes to the next element of the array entered last; false at its end. */
    public boolean nextElement() {
        return nextElement(']');
    }

    private boolean nextElement(char close) {
        byte next = peek();
        if (next == ',') {
            at++;
            next = peek();
        }
        if (next == close) {
            at++;
            return false;
        }
        return true;
    }

    public boolean keyIs(byte[] name) {
        return Arrays.equals(bytes, keyFrom, keyTo, name, 0, name.length);
    }

    /**
     * Takes a string; {@link #valueFrom} and {@link #valueTo} are then around it, without quotes, escapes as they are.
     */
    public void text() {
        expect('"');
        valueFrom = at;
        int i = at;
        while (bytes[i] != '"') {
            i += bytes[i] == '\\' ? 2 : 1;
        }
        valueTo = i;
        at = i + 1;
    }

    /** Takes a string or null; false for null. */
    public boolean textOrNull() {
        if (peek() == 'n') {
            skip();
            return false;
        }
        text();
        return true;
    }

    public int valueFrom() {
        return valueFrom;
    }

    public int valueTo() {
        return valueTo;
    }

    /** Whether the string taken last is this one. */
    public boolean textIs(byte[] expected) {
        return Arrays.equals(bytes, valueFrom, valueTo, expected, 0, expected.length);
    }

    /** Takes a whole number. */
    public long integer() {
        byte next = peek();
        boolean negative = next == '-';
        if (negative) {
            next = bytes[++at];
        }
        long value = 0;
        while (next >= '0' && next <= '9') {
            value = value * 10 + (next - '0');
            next = bytes[++at];
        }
        return negative ? -value : value;
    }

    /** Takes true or false. */
    public boolean truth() {
        boolean value = peek() == 't';
        skip();
        return value;
    }

    /** Takes any value without looking at it. */
    public void skip() {
        switch (peek()) {
            case '"' -> text();
            case '{', '[' -> skipNested();
            default -> skipWord();
        }
    }

    private void skipNested() {
        int depth = 0;
        do {
            switch (peek()) {
                case '"' -> text();
                case '{', '[' -> {
                    depth++;
                    at++;
                }
                case '}', ']' -> {
                    depth--;
                    at++;
                }
                case ',', ':' -> at++;
                default -> skipWord();
            }
        } while (depth > 0);
    }

    /** A number, true, false or null. */
    private void skipWord() {
        while (at < end && isWord(bytes[at])) {
            at++;
        }
    }

    private static boolean isWord(byte one) {
        return one > ' ' && one != ',' && one != '}' && one != ']' && one != ':';
    }

    private byte peek() {
        while (at < end && bytes[at] <= ' ' && bytes[at] >= 0) {
            at++;
        }
        if (at >= end) {
            throw new IllegalStateException("the JSON ends too early");
        }
        return bytes[at];
    }

    private void expect(char wanted) {
        byte next = peek();
        if (next != wanted) {
            throw new IllegalStateException("expected " + wanted + " but found " + (char) next);
        }
        at++;
    }
}
