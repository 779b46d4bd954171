package io.parley.features.search.text;

import java.util.ArrayList;
import java.util.List;

/**
 * One thing that is looked for: a word, or several that must follow each other.
 *
 * @param elements at least one, by their offsets
 */
public record Term(List<Element> elements) {
    /**
     * A token that must be there.
     *
     * @param offset from the first one, in positions
     * @param prefix whether it is enough that the token begins so
     */
    public record Element(String lexeme, int offset, boolean prefix) {
        boolean matches(Token token) {
            return prefix ? token.lexeme().startsWith(lexeme) : token.lexeme().equals(lexeme);
        }
    }

    public Term {
        elements = List.copyOf(elements);
    }

    /** The same, but the beginning of its last word is enough. */
    Term asPrefix() {
        Element last = elements.getLast();
        List<Element> others = elements.subList(0, elements.size() - 1);
        List<Element> all = new ArrayList<>(others);
        all.add(new Element(last.lexeme(), last.offset(), true));
        return new Term(all);
    }

    /** Whether it stands in a text from this place on, counted from 0. */
    boolean standsAt(List<Token> tokens, int place) {
        for (Element element : elements) {
            int at = place + element.offset();
            if (at >= tokens.size() || !element.matches(tokens.get(at))) {
                return false;
            }
        }
        return true;
    }
}
