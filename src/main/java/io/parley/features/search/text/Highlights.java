package io.parley.features.search.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Finds in a text what was looked for. */
public final class Highlights {
    /** Of one text. */
    private static final int MOST = 100;

    private Highlights() {}

    /** A part of a text, in UTF-16 code units, as JavaScript and Java count. */
    public record Range(int offset, int length) {
        int end() {
            return offset + length;
        }
    }

    /** In the order of the text; none overlaps or touches another. */
    public static List<Range> in(String text, SearchText search) {
        List<Token> tokens = Tokens.of(text);
        List<Range> found = new ArrayList<>();
        for (int place = 0; place < tokens.size(); place++) {
            for (Term term : search.wanted()) {
                if (term.standsAt(tokens, place)) {
                    mark(found, tokens, place, term);
                }
            }
        }
        return merged(found);
    }

    /** Whether a text is what is looked for; what the index must answer, too. */
    public static boolean matches(String text, SearchText search) {
        List<Token> tokens = Tokens.of(text);
        return search.wanted().stream().allMatch(term -> contains(tokens, term))
                && search.excluded().stream().noneMatch(term -> contains(tokens, term));
    }

    private static boolean contains(List<Token> tokens, Term term) {
        for (int place = 0; place < tokens.size(); place++) {
            if (term.standsAt(tokens, place)) {
                return true;
            }
        }
        return false;
    }

    private static void mark(List<Range> found, List<Token> tokens, int place, Term term) {
        for (Term.Element element : term.elements()) {
            Token token = tokens.get(place + element.offset());
            // Of a pair of characters only the first was asked for, unless both were.
            boolean whole = element.lexeme().equals(token.lexeme()) || token.headEnd() == token.end();
            int end = whole ? token.end() : token.headEnd();
            found.add(new Range(token.start(), end - token.start()));
        }
    }

    private static List<Range> merged(List<Range> found) {
        List<Range> sorted =
                found.stream().sorted(Comparator.comparingInt(Range::offset)).toList();
        List<Range> merged = new ArrayList<>();
        for (Range range : sorted) {
            Range last = merged.isEmpty() ? null : merged.getLast();
            if (last != null && range.offset() <= last.end()) {
                merged.removeLast();
                merged.add(new Range(last.offset(), Math.max(last.end(), range.end()) - last.offset()));
            } else if (merged.size() < MOST) {
                merged.add(range);
            } else {
                break;
            }
        }
        return merged;
    }
}
