package io.parley.support.testing.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Iterator;

/** What a message shows of its reactions, carried on by events. */
public final class ShownReactions {
    private ShownReactions() {}

    /** Makes of a message, as it was before an event, what it is after it. */
    public static void apply(ObjectNode message, JsonNode event) {
        message.set("version", event.get("version"));
        String emoji = event.get("emoji").asText();
        ArrayNode reactions = message.withArray("/reactions");
        if (event.get("count").asInt() == 0) {
            remove(reactions, emoji);
        } else {
            ObjectNode entry = entry(reactions, emoji);
            entry.set("count", event.get("count"));
            entry.set("users", event.get("users"));
        }
        if (reactions.isEmpty()) {
            message.remove("reactions");
        }
    }

    private static ObjectNode entry(ArrayNode reactions, String emoji) {
        for (JsonNode reaction : reactions) {
            if (reaction.get("emoji").asText().equals(emoji)) {
                return (ObjectNode) reaction;
            }
        }
        return reactions.addObject().put("emoji", emoji);
    }

    private static void remove(ArrayNode reactions, String emoji) {
        Iterator<JsonNode> each = reactions.iterator();
        while (each.hasNext()) {
            if (each.next().get("emoji").asText().equals(emoji)) {
                each.remove();
            }
        }
    }
}
