package io.parley.support;

/**
 * One line of text that grows up to a bound: every run of white space and control characters is one space; what would
 * turn the direction of the text around it, or could not be stored, is left out. For one thread.
 */
public final class OneLine {
    /** Characters of what lists and notifications show of a message. */
    public static final int PREVIEW = 200;

    private static final String ELLIPSIS = "…";
    private static final int ZERO_WIDTH_JOINER = 0x200D;

    private final int most;
    private final StringBuilder line = new StringBuilder();
    private int length;
    private boolean space;
    private boolean cut;

    /** @param most in code points */
    public OneLine(int most) {
        this.most = most;
    }

    public static String of(String text, int most) {
        OneLine line = new OneLine(most);
        line.append(text);
        return line.toString();
    }

    /** So many characters from the beginning, or one less where that would cut one in two. */
    public static String beginning(String text, int chars) {
        if (text.length() <= chars) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(chars - 1)) ? chars - 1 : chars);
    }

    /** Nothing that is added now will be seen. */
    public boolean full() {
        return cut;
    }

    /** What comes next is another word. */
    public void space() {
        space = length > 0;
    }

    public void append(String text) {
        for (int i = 0; i < text.length() && !cut; ) {
            int point = text.codePointAt(i);
            i += Character.charCount(point);
            if (Character.isWhitespace(point) || Character.isSpaceChar(point) || Character.isISOControl(point)) {
                space();
            } else if (!turns(point) && !loneSurrogate(point)) {
                add(point);
            }
        }
    }

    private void add(int point) {
        int needed = space ? 2 : 1;
        if (length + needed > most) {
            cut = true;
            return;
        }
        if (space) {
            line.append(' ');
            space = false;
        }
        line.appendCodePoint(point);
        length += needed;
    }

    private static boolean loneSurrogate(int point) {
        return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
    }

    /** Marks, embeddings, overrides and isolates of writing direction. */
    private static boolean turns(int point) {
        return (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
    }

    @Override
    public String toString() {
        if (!cut) {
            return line.toString();
        }
        int end = length < most ? line.length() : line.offsetByCodePoints(line.length(), -1);
        while (end > 0 && belongsTogether(line.codePointBefore(end), end)) {
            end = line.offsetByCodePoints(end, -1);
        }
        return line.substring(0, end).stripTrailing() + ELLIPSIS;
    }

    /** Whether a letter and its accents, or an emoji of several parts, would be cut here. */
    private boolean belongsTogether(int before, int end) {
        return before == ZERO_WIDTH_JOINER || (end < line.length() && joins(line.codePointAt(end)));
    }

    private static boolean joins(int point) {
        int type = Character.getType(point);
        return point == ZERO_WIDTH_JOINER
                || type == Character.NON_SPACING_MARK
                || type == Character.ENCLOSING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.MODIFIER_SYMBOL;
    }
}
