package io.parley.loadtest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The command line as {@code --name value} pairs; {@code --name} alone stands for {@code --name true}. */
final class Arguments {
    private final Map<String, String> values = new TreeMap<>();
    private final Set<String> asked = new TreeSet<>();

    /** The command line makes no sense. */
    static final class Wrong extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Wrong(String reason) {
            super(reason);
        }
    }

    Arguments(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String name = words.get(i);
            if (!name.startsWith("--")) {
                throw new Wrong("what is " + name + "?");
            }
            boolean hasValue = i + 1 < words.size() && !words.get(i + 1).startsWith("--");
            values.put(name.substring(2), hasValue ? words.get(++i) : "true");
        }
    }

    @Nullable
    String text(String name) {
        asked.add(name);
        return values.get(name);
    }

    String text(String name, String otherwise) {
        String value = text(name);
        return value == null ? otherwise : value;
    }

    boolean flag(String name, boolean otherwise) {
        return Boolean.parseBoolean(text(name, Boolean.toString(otherwise)));
    }

    int number(String name, int otherwise) {
        return (int) decimal(name, otherwise);
    }

    double decimal(String name, double otherwise) {
        String value = text(name);
        return value == null ? otherwise : decimal(name, value);
    }

    private static double decimal(String name, String value) {
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException bad) {
            throw new Wrong("--" + name + " must be a number, not " + value);
        }
    }

    /** Numbers separated by commas, or {@code from-to/step}. */
    List<Double> numbers(String name, String otherwise) {
        List<Double> numbers = new ArrayList<>();
        for (String part : text(name, otherwise).split(",", -1)) {
            String[] range = part.split("[-/]", -1);
            if (range.length == 3) {
                double step = decimal(name, range[2]);
                for (double one = decimal(name, range[0]); one <= decimal(name, range[1]) && step > 0; one += step) {
                    numbers.add(one);
                }
            } else {
                numbers.add(decimal(name, part));
            }
        }
        return numbers;
    }

    /** Words separated by commas; none if the name is not given. */
    List<String> words(String name) {
        String value = text(name);
        return value == null ? List.of() : Arrays.asList(value.split(",", -1));
    }

    /** Call it when everything was asked for: what nobody wanted to know is a mistake. */
    void requireAllKnown() {
        for (String name : values.keySet()) {
            if (!asked.contains(name)) {
                throw new Wrong("there is no option --" + name);
            }
        }
    }
}
