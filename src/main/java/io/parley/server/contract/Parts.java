package io.parley.server.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What putting together either document needs: sections of all parts in one, and the schemas that are used. */
final class Parts {
    private static final String SCHEMAS = "#/components/schemas/";

    private Parts() {}

    /** The entries that all parts have under this name. */
    static ObjectNode merged(List<ObjectNode> parts, String section) {
        ObjectNode all = parts.getFirst().objectNode();
        for (ObjectNode part : parts) {
            part.path(section).properties().forEach(entry -> {
                if (all.has(entry.getKey())) {
                    throw new IllegalStateException("two parts of the contract have " + section + " " + entry.getKey());
                }
                all.set(entry.getKey(), entry.getValue().deepCopy());
            });
        }
        return all;
    }

    /** Gives a document those of the parts' schemas to which it refers, directly or through others. */
    static void addUsedSchemas(ObjectNode document, List<ObjectNode> parts) {
        ObjectNode all = merged(parts, "schemas");
        Set<String> used = new HashSet<>();
        Deque<JsonNode> unread = new ArrayDeque<>(List.of(document));
        while (!unread.isEmpty()) {
            for (JsonNode reference : unread.pop().findValues("$ref")) {
                String name = reference.asText().startsWith(SCHEMAS)
                        ? reference.asText().substring(SCHEMAS.length())
                        : "";
                if (all.has(name) && used.add(name)) {
                    unread.add(all.get(name));
                }
            }
        }
        ObjectNode schemas = document.withObject("/components/schemas");
        all.properties().stream()
                .filter(entry -> used.contains(entry.getKey()))
                .forEach(entry -> schemas.set(entry.getKey(), entry.getValue()));
    }

    /** A list of words without repetition, in the order given. */
    static ArrayNode words(ObjectNode maker, Collection<String> given) {
        ArrayNode words = maker.arrayNode();
        given.stream().distinct().forEach(words::add);
        return words;
    }

    static List<String> words(JsonNode given) {
        List<String> words = new ArrayList<>();
        given.forEach(word -> words.add(word.asText()));
        return words;
    }

    static ObjectNode reference(ObjectNode maker, String target) {
        return maker.objectNode().put("$ref", target);
    }
}
