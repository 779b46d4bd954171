package io.parley.support.testing.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.support.Json;
import io.parley.support.testing.checker.Content;
import io.parley.support.testing.checker.Copy;
import io.parley.support.testing.checker.Head;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads the server's JSON into what the checker compares. */
public final class Wire {
    private Wire() {}

    static JsonNode parse(String text) {
        try {
            return Json.mapper().readTree(text);
        } catch (JsonProcessingException noJson) {
            throw new IllegalStateException("the server sent what is no JSON: " + text, noJson);
        }
    }

    static UUID id(JsonNode node, String field) {
        return UUID.fromString(node.path(field).asText());
    }

    public static Copy copy(JsonNode message) {
        String sender = message.path("sender").asText("");
        boolean system = sender.isEmpty() || message.path("type").asText().equals("system");
        return new Copy(
                id(message, "id"),
                message.path("number").asLong(),
                message.path("version").asLong(),
                system ? null : UUID.fromString(sender),
                Content.hash(content(message)),
                message.hasNonNull("editedAt"),
                message.hasNonNull("deletedAt"));
    }

    public static List<Copy> copies(JsonNode messages) {
        List<Copy> copies = new ArrayList<>();
        messages.forEach(message -> copies.add(copy(message)));
        return copies;
    }

    /** What a message says: its text, or for the server's own the notice with its fields in one fixed order. */
    static String content(JsonNode message) {
        JsonNode system = message.path("system");
        if (!system.isObject()) {
            return message.path("text").asText();
        }
        TreeMap<String, String> fields = new TreeMap<>();
        Iterator<String> names = system.fieldNames();
        while (names.hasNext()) {
            String name = names.next();
            if (system.hasNonNull(name)) {
                fields.put(name, system.path(name).toString());
            }
        }
        return fields.toString();
    }

    static List<Head> heads(JsonNode changed) {
        List<Head> heads = new ArrayList<>();
        changed.forEach(head -> heads.add(new Head(
                id(head, "conversation"),
                head.path("lastNumber").asLong(),
                head.path("lastVersion").asLong(),
                head.path("removed").asBoolean())));
        return heads;
    }

    static @Nullable Copy messageOf(JsonNode event) {
        return event.path("message").isObject() ? copy(event.path("message")) : null;
    }

    static List<Long> otherVersions(JsonNode result) {
        List<Long> versions = new ArrayList<>();
        result.path("members")
                .forEach(member -> versions.add(member.path("version").asLong()));
        return versions;
    }

    static JsonNode orMissing(@Nullable JsonNode node) {
        return node == null ? MissingNode.getInstance() : node;
    }

    static ObjectNode object() {
        return Json.mapper().createObjectNode();
    }
}
