package io.parley.loadtest.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One mapping of a scenario's file, read key by key. It remembers what was asked for: whatever else stands in the file
 * is a mistake. All complaints give the path of the key, such as {@code rooms.0.size}.
 */
final class Settings {
    private static final Pattern DURATION = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s|m|h)");
    private static final Map<String, Integer> UNIT_MS = Map.of("ms", 1, "s", 1_000, "m", 60_000, "h", 3_600_000);

    private final String path;
    private final JsonNode node;
    private final Set<String> asked = new TreeSet<>();

    Settings(String path, JsonNode node) {
        if (!node.isObject()) {
            throw new Mistake((path.isEmpty() ? "the file" : path) + " must be a mapping of keys to values");
        }
        this.path = path;
        this.node = node;
    }

    private String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private Mistake wrong(String key, String wanted) {
        return new Mistake(at(key) + " must be " + wanted + ", not " + get(key));
    }

    private JsonNode get(String key) {
        asked.add(key);
        return node.path(key);
    }

    boolean has(String key) {
        return !get(key).isMissingNode();
    }

    String text(String key) {
        if (!get(key).isValueNode() || get(key).isNull()) {
            throw has(key) ? wrong(key, "a text") : new Mistake(at(key) + " is missing");
        }
        return get(key).asText();
    }

    String text(String key, String otherwise) {
        return has(key) ? text(key) : otherwise;
    }

    /** A whole number, not below the least. */
    int number(String key, int otherwise, int least) {
        JsonNode value = get(key);
        if (value.isMissingNode()) {
            return otherwise;
        }
        if (!value.isInt() || value.intValue() < least) {
            throw wrong(key, "a whole number of at least " + least);
        }
        return value.intValue();
    }

    /** Any number that is not negative. */
    double decimal(String key, double otherwise) {
        JsonNode value = get(key);
        if (value.isMissingNode()) {
            return otherwise;
        }
        if (!value.isNumber() || value.doubleValue() < 0) {
            throw wrong(key, "a number");
        }
        return value.doubleValue();
    }

    boolean flag(String key, boolean otherwise) {
        JsonNode value = get(key);
        if (value.isMissingNode()) {
            return otherwise;
        }
        if (!value.isBoolean()) {
            throw wrong(key, "true or false");
        }
        return value.booleanValue();
    }

    /** Such as {@code 500ms}, {@code 20s}, {@code 1.5m}, {@code 2h}; in milliseconds. */
    long millis(String key, String otherwise) {
        Matcher matcher = DURATION.matcher(text(key, otherwise));
        if (!matcher.matches()) {
            throw wrong(key, "a duration such as 500ms, 20s, 5m or 2h");
        }
        return Math.round(Double.parseDouble(matcher.group(1)) * UNIT_MS.getOrDefault(matcher.group(2), 1));
    }

    /**
     * A number, {@code 1000,2000}, {@code 1000-8000/1000}, {@code 500*30} (so many times the same), or a list of these.
     */
    List<Double> numbers(String key, String otherwise) {
        List<Double> numbers = new ArrayList<>();
        if (get(key).isArray()) {
            get(key).forEach(element -> addNumbers(key, element.asText(), numbers));
        } else {
            addNumbers(key, text(key, otherwise), numbers);
        }
        if (numbers.isEmpty() || numbers.stream().anyMatch(one -> one <= 0)) {
            throw wrong(key, "numbers above 0");
        }
        return numbers;
    }

    private void addNumbers(String key, String list, List<Double> numbers) {
        for (String part : list.split(",", -1)) {
            String[] range = part.strip().split("[-/]", -1);
            String[] same = part.strip().split("\\*", -1);
            if (range.length == 3) {
                double step = parsed(key, range[2]);
                double last = parsed(key, range[1]);
                for (double one = parsed(key, range[0]); one <= last && step > 0; one += step) {
                    numbers.add(one);
                }
            } else if (same.length == 2) {
                for (int i = 0; i < parsed(key, same[1]); i++) {
                    numbers.add(parsed(key, same[0]));
                }
            } else {
                numbers.add(parsed(key, part.strip()));
            }
        }
    }

    private double parsed(String key, String word) {
        try {
            return Double.parseDouble(word);
        } catch (NumberFormatException bad) {
            throw wrong(key, "numbers such as 500, 1000,2000, 1000-8000/1000 or 500*30");
        }
    }

    /** The mapping under a key; an empty one if there is none. */
    Settings part(String key) {
        return new Settings(at(key), has(key) ? get(key) : JsonNodeFactory.instance.objectNode());
    }

    /** The mappings of a list. */
    List<Settings> parts(String key) {
        if (!has(key)) {
            return List.of();
        }
        if (!get(key).isArray()) {
            throw wrong(key, "a list");
        }
        List<Settings> parts = new ArrayList<>();
        get(key).forEach(element -> parts.add(new Settings(at(key) + "." + parts.size(), element)));
        return parts;
    }

    /** All keys of this mapping with what stands there, in the order of the file. */
    Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        node.fieldNames().forEachRemaining(key -> texts.put(key, text(key)));
        return texts;
    }

    /** Call it when everything was asked for. */
    void requireAllKnown() {
        node.fieldNames().forEachRemaining(key -> {
            if (!asked.contains(key)) {
                throw new Mistake("there is no key " + at(key) + "; here are: " + String.join(", ", asked));
            }
        });
    }
}
