package io.parley.features.search;

import static java.util.stream.Collectors.joining;

import io.parley.features.search.text.SearchText;
import io.parley.features.search.text.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a message must have to be found, apart from its place and time.
 *
 * @param type of message, null: any
 * @param sender null: anybody
 * @param mentioned somebody whom it must mention, himself or with everybody; null: need not
 */
record Sought(
        SearchText text,
        @Nullable String type,
        @Nullable UUID sender,
        boolean link,
        boolean thread,
        @Nullable UUID mentioned) {
    /** Whether there is something by which the index can find it; what must be absent is not enough. */
    boolean isBounded() {
        return !text.wanted().isEmpty() || type != null || sender != null || link || thread || mentioned != null;
    }

    /** As the text of a {@code tsquery} within a scope. */
    String query(String scope) {
        List<String> all = new ArrayList<>();
        text.wanted().forEach(term -> all.add(phrase(scope, term)));
        if (type != null) {
            all.add(Vectors.quoted(scope, Vectors.TYPE + type));
        }
        if (sender != null) {
            all.add(Vectors.quoted(scope, Vectors.SENDER + Scope.ofPerson(sender)));
        }
        if (link) {
            all.add(Vectors.quoted(scope, Vectors.LINK));
        }
        if (thread) {
            all.add(Vectors.quoted(scope, Vectors.THREAD));
        }
        if (mentioned != null) {
            String named = Vectors.quoted(scope, Vectors.MENTIONED + Scope.ofPerson(mentioned));
            all.add("(" + named + "|" + Vectors.quoted(scope, Vectors.EVERYBODY) + ")");
        }
        text.excluded().forEach(term -> all.add("!" + phrase(scope, term)));
        return String.join("&", all);
    }

    /** By which those found are ranked: a whole word counts beside the beginning of one. Null when there are no words. */
    @Nullable
    String rankQuery(String scope) {
        if (text.wanted().isEmpty()) {
            return null;
        }
        return text.wanted().stream()
                .flatMap(term -> term.elements().stream())
                .map(element -> element.prefix()
                        ? Vectors.quoted(scope, element.lexeme()) + "|" + word(scope, element)
                        : word(scope, element))
                .distinct()
                .collect(joining("|"));
    }

    private static String phrase(String scope, Term term) {
        StringBuilder phrase = new StringBuilder("(");
        int last = 0;
        for (Term.Element element : term.elements()) {
            if (phrase.length() > 1) {
                phrase.append('<').append(element.offset() - last).append('>');
            }
            phrase.append(word(scope, element));
            last = element.offset();
        }
        return phrase.append(')').toString();
    }

    private static String word(String scope, Term.Element element) {
        return Vectors.quoted(scope, element.lexeme()) + (element.prefix() ? ":*" : "");
    }
}
