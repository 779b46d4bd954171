package io.parley.loadtest;

import io.parley.loadtest.scenario.Mistake;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The command line: words, {@code key=value} for what a scenario says otherwise, and options as {@code --name value}.
 */
final class Arguments {
    private final List<String> words = new ArrayList<>();
    private final Map<String, String> changes = new LinkedHashMap<>();
    private final Map<String, String> options = new TreeMap<>();
    private final Set<String> asked = new TreeSet<>();

    Arguments(List<String> line) {
        for (int i = 0; i < line.size(); i++) {
            String word = line.get(i);
            int equals = word.indexOf('=');
            if (word.startsWith("--")) {
                if (i + 1 == line.size()) {
                    throw new Mistake(word + " needs a value");
                }
                options.put(word.substring(2), line.get(++i));
            } else if (equals > 0) {
                changes.put(word.substring(0, equals), word.substring(equals + 1));
            } else {
                words.add(word);
            }
        }
    }

    /** The word at a place. */
    String word(int index, String meaning) {
        if (index >= words.size()) {
            throw new Mistake("say " + meaning);
        }
        return words.get(index);
    }

    /** What a scenario is to say otherwise, by the path of the key. */
    Map<String, String> changes() {
        return changes;
    }

    @Nullable
    String option(String name) {
        asked.add(name);
        return options.get(name);
    }

    String option(String name, String otherwise) {
        String value = option(name);
        return value == null ? otherwise : value;
    }

    /** Words separated by commas; none if the name is not given. */
    List<String> list(String name) {
        String value = option(name);
        return value == null ? List.of() : Arrays.asList(value.split(",", -1));
    }

    /** Call it when everything was asked for: what nobody wanted to know is a mistake. */
    void requireNoMore(int wordsKnown) {
        for (String name : options.keySet()) {
            if (!asked.contains(name)) {
                throw new Mistake("there is no option --" + name);
            }
        }
        if (words.size() > wordsKnown) {
            throw new Mistake("what is " + words.get(wordsKnown) + "?");
        }
    }
}
