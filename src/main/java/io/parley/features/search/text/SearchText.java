package io.parley.features.search.text;

import io.parley.features.search.text.Run.Unit;
import io.parley.features.search.text.Term.Element;
import io.parley.support.AppError;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What somebody looks for, as he has typed it: words, all of which must be there; {@code "in quotes"} what must follow
 * each other; {@code word*} the beginning of a word; {@code -word} or {@code -"in quotes"} what must not be there. The last
 * word counts as the beginning of one, because he may still be typing. What is neither letter, digit nor emoji separates.
 *
 * @param wanted all must be there
 * @param excluded none may be there
 */
public record SearchText(List<Term> wanted, List<Term> excluded) {
    /** Beyond these nobody types, and each costs. */
    static final int MOST_TERMS = 16;

    private static final int MOST_ELEMENTS = 64;
    private static final String QUOTES = "\"“”„«»";

    public static final SearchText NOTHING = new SearchText(List.of(), List.of());

    public SearchText {
        wanted = List.copyOf(wanted);
        excluded = List.copyOf(excluded);
    }

    public boolean isNothing() {
        return wanted.isEmpty() && excluded.isEmpty();
    }

    /**
     * Reads it.
     *
     * @throws AppError {@code validation_failed} when there are too many words
     */
    public static SearchText of(String typed) {
        List<Term> wanted = new ArrayList<>();
        List<Term> excluded = new ArrayList<>();
        int at = 0;
        while (at < typed.length()) {
            if (isSpace(typed.charAt(at))) {
                at++;
                continue;
            }
            boolean without = typed.charAt(at) == '-';
            int start = without ? at + 1 : at;
            boolean quoted = start < typed.length() && isQuote(typed.charAt(start));
            start = quoted ? start + 1 : start;
            int end = end(typed, start, quoted);
            Term term = term(typed.substring(start, end));
            at = quoted ? end + 1 : end;
            if (term != null) {
                boolean last = !without && !quoted && typed.substring(end).isBlank();
                boolean prefix = last || (!quoted && typed.charAt(end - 1) == '*');
                (without ? excluded : wanted).add(prefix ? term.asPrefix() : term);
            }
        }
        return bounded(new SearchText(
                wanted.stream().distinct().toList(),
                excluded.stream().distinct().toList()));
    }

    /** The same, but of every word the beginning is enough: for names, which nobody remembers whole. */
    public SearchText asBeginnings() {
        return new SearchText(wanted.stream().map(Term::asPrefix).toList(), excluded);
    }

    private static int end(String typed, int start, boolean quoted) {
        int end = start;
        while (end < typed.length() && !isQuote(typed.charAt(end)) && (quoted || !isSpace(typed.charAt(end)))) {
            end++;
        }
        return end;
    }

    private static boolean isQuote(char c) {
        return QUOTES.indexOf(c) >= 0;
    }

    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    /** Null when there is nothing in it that could be found. */
    private static @Nullable Term term(String text) {
        List<Element> elements = new ArrayList<>();
        int offset = 0;
        for (Run run : Runs.of(text)) {
            List<Unit> units = run.units();
            if (units.size() == 1) {
                // One character of a script without spaces begins the pair that it stands in.
                elements.add(new Element(units.getFirst().folded(), offset, !run.spaced()));
            }
            for (int i = 0; i + 1 < units.size(); i++) {
                elements.add(
                        new Element(units.get(i).folded() + units.get(i + 1).folded(), offset + i, false));
            }
            offset += units.size();
        }
        return elements.isEmpty() ? null : new Term(elements);
    }

    private static SearchText bounded(SearchText text) {
        int terms = text.wanted.size() + text.excluded.size();
        int elements = 0;
        for (List<Term> some : List.of(text.wanted, text.excluded)) {
            elements += some.stream().mapToInt(term -> term.elements().size()).sum();
        }
        if (terms > MOST_TERMS || elements > MOST_ELEMENTS) {
            throw AppError.field("q", "length", "must have " + MOST_TERMS + " words at most");
        }
        return text;
    }
}
