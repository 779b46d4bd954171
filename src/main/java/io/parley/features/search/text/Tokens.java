package io.parley.features.search.text;

import io.parley.features.search.text.Run.Unit;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes texts apart into words. Scripts that put spaces between words give a token for each word, split at everything
 * that is neither a letter nor a digit, so that the parts of addresses and of names_with_underscores are found. Scripts
 * without spaces give one for each two characters that follow each other, and one for the last: so any part of such a
 * text is found as a sequence of them.
 */
public final class Tokens {
    /** Raise it when the same text gives other tokens than before: the index is then made anew. */
    public static final int VERSION = 1;

    private Tokens() {}

    public static List<Token> of(String text) {
        List<Token> tokens = new ArrayList<>();
        for (Run run : Runs.of(text)) {
            List<Unit> units = run.units();
            for (int i = 0; i < units.size(); i++) {
                Unit unit = units.get(i);
                Unit next = i + 1 < units.size() ? units.get(i + 1) : null;
                tokens.add(new Token(
                        next == null ? unit.folded() : unit.folded() + next.folded(),
                        tokens.size() + 1,
                        unit.start(),
                        unit.end(),
                        next == null ? unit.end() : next.end()));
            }
        }
        return tokens;
    }

    /** The folded words of a name, which has few of them. */
    public static List<String> words(String name) {
        return of(name).stream().map(Token::lexeme).distinct().toList();
    }
}
