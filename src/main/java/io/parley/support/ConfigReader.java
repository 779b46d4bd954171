package io.parley.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Turns a tree into the records of {@link Config}, whose components are the only schema there is. It goes on after a
 * problem, to find all of them.
 */
final class ConfigReader {
    private final List<String> problems;

    ConfigReader(List<String> problems) {
        this.problems = problems;
    }

    /** Null when there was a problem. */
    @Nullable
    Config read(JsonNode tree) {
        return (Config) section(Config.class, tree, "");
    }

    /** A leaf of the configuration. */
    record Key(List<String> path, Type type) {
        /** Name of the environment variable that sets it. */
        String variable(String prefix) {
            return prefix + String.join("_", path).toUpperCase(Locale.ROOT);
        }

        /**
         * @throws IllegalArgumentException saying what the text must be
         */
        JsonNode parse(String text) {
            if (type == boolean.class) {
                if (text.equals("true") || text.equals("false")) {
                    return BooleanNode.valueOf(text.equals("true"));
                }
                throw new IllegalArgumentException("must be true or false");
            }
            if (type == int.class || type == long.class) {
                try {
                    return LongNode.valueOf(Long.parseLong(text));
                } catch (NumberFormatException bad) {
                    throw new IllegalArgumentException("must be a whole number", bad);
                }
            }
            if (type instanceof ParameterizedType list) {
                if (list.getActualTypeArguments()[0] != String.class) {
                    throw new IllegalArgumentException("can be set only in a file");
                }
                ArrayNode items = JsonNodeFactory.instance.arrayNode();
                Stream.of(text.split(",", -1))
                        .map(String::trim)
                        .filter(item -> !item.isEmpty())
                        .forEach(items::add);
                return items;
            }
            return TextNode.valueOf(text);
        }
    }

    /** All leaves, in the order of the records. */
    static List<Key> keys() {
        return keys(Config.class, List.of());
    }

    private static List<Key> keys(Class<?> section, List<String> path) {
        List<Key> keys = new ArrayList<>();
        for (RecordComponent component : section.getRecordComponents()) {
            List<String> here =
                    Stream.concat(path.stream(), Stream.of(component.getName())).toList();
            if (component.getType().isRecord()) {
                keys.addAll(keys(component.getType(), here));
            } else {
                keys.add(new Key(here, component.getGenericType()));
            }
        }
        return keys;
    }

    private @Nullable Object section(Class<?> type, JsonNode tree, String path) {
        if (!tree.isObject()) {
            return problem(path, "must be a section of keys and values");
        }
        RecordComponent[] components = type.getRecordComponents();
        List<String> names =
                Arrays.stream(components).map(RecordComponent::getName).toList();
        for (Iterator<String> given = tree.fieldNames(); given.hasNext(); ) {
            String name = given.next();
            if (!names.contains(name)) {
                problem(join(path, name), "there is no such key");
            }
        }
        int before = problems.size();
        @Nullable Object[] values = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            values[i] = value(components[i].getGenericType(), tree.path(names.get(i)), join(path, names.get(i)));
        }
        return problems.size() == before ? build(type, components, values) : null;
    }

    private @Nullable Object value(Type type, JsonNode node, String path) {
        if (type instanceof ParameterizedType list) {
            return list((Class<?>) list.getActualTypeArguments()[0], node, path);
        }
        Class<?> plain = (Class<?>) type;
        if (plain.isRecord()) {
            return section(plain, node, path);
        }
        if (node.isMissingNode()) {
            return problem(path, "is missing");
        }
        if (plain == boolean.class) {
            return node.isBoolean() ? node.booleanValue() : problem(path, "must be true or false");
        }
        if (plain == int.class) {
            return node.isIntegralNumber() && node.canConvertToInt()
                    ? node.intValue()
                    : problem(path, "must be a whole number");
        }
        if (plain == long.class) {
            return node.isIntegralNumber() && node.canConvertToLong()
                    ? node.longValue()
                    : problem(path, "must be a whole number");
        }
        if (!node.isTextual()) {
            return problem(path, "must be text; put it in quotes");
        }
        return plain == Secret.class ? new Secret(node.textValue()) : node.textValue();
    }

    private @Nullable Object list(Class<?> type, JsonNode node, String path) {
        if (!node.isArray()) {
            return problem(path, "must be a list");
        }
        List<Object> items = new ArrayList<>();
        for (JsonNode item : node) {
            Object value = value(type, item, path + "[" + items.size() + "]");
            items.add(value == null ? "" : value);
        }
        return List.copyOf(items);
    }

    private @Nullable Object problem(String path, String what) {
        problems.add(path.isEmpty() ? what : path + ": " + what);
        return null;
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static Object build(Class<?> type, RecordComponent[] components, @Nullable Object[] values) {
        try {
            Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class[]::new);
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException defect) {
            throw new IllegalStateException("cannot build " + type, defect);
        }
    }
}
