package io.parley.features.reactions;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.support.testing.client.ShownReactions;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * What a client holds of a conversation's messages, made of events and {@code changes} as the protocol says, with what
 * its own person has reacted.
 */
final class DerivedView {
    private final UUID self;
    private final Map<Long, ObjectNode> messages = new TreeMap<>();
    private final Map<Long, Set<String>> reacted = new HashMap<>();
    private final Set<Long> unsure = new TreeSet<>();
    private long version;

    DerivedView(UUID self) {
        this.self = self;
    }

    long version() {
        return version;
    }

    /** By number, without what only answers say. */
    Map<Long, ObjectNode> messages() {
        return messages;
    }

    Set<String> reacted(long number) {
        return reacted.getOrDefault(number, Set.of());
    }

    /** Messages of which a state has come that does not tell whether one's own reactions are among the many. */
    Set<Long> unsure() {
        return unsure;
    }

    /** The next event. */
    void apply(JsonNode event) {
        version = event.get("version").asLong();
        switch (event.get("type").asText()) {
            case "reaction.added", "reaction.removed" -> react(event);
            case "message.created", "message.updated", "message.deleted" -> {
                boolean knew = !unsure.contains(event.at("/message/number").asLong());
                put(event.get("message"));
                if (knew) {
                    // Nothing was missed: who is not named has not changed anything.
                    unsure.remove(event.at("/message/number").asLong());
                }
            }
            default -> {}
        }
    }

    private void react(JsonNode event) {
        long number = event.get("number").asLong();
        ObjectNode message = messages.get(number);
        ShownReactions.apply(message, event);
        String emoji = event.get("emoji").asText();
        if (event.get("actors").valueStream().anyMatch(this::isSelf)) {
            Set<String> own = reacted.computeIfAbsent(number, first -> new TreeSet<>());
            boolean known = event.get("type").asText().equals("reaction.added") ? own.add(emoji) : own.remove(emoji);
            if (!known && !unsure.contains(number)) {
                throw new AssertionError("told twice of " + emoji);
            }
        }
    }

    private boolean isSelf(JsonNode user) {
        return user.asText().equals(self.toString());
    }

    /** The state of all that has changed; of answers to the person with what he has reacted. */
    void applyChanges(JsonNode changes) {
        changes.get("messages").forEach(this::put);
        version = changes.get("version").asLong();
    }

    /** A message as it is now. */
    void put(JsonNode state) {
        ObjectNode message = state.deepCopy();
        long number = message.get("number").asLong();
        JsonNode told = message.remove("reacted");
        messages.put(number, message);
        unsure.remove(number);
        Set<String> own = new TreeSet<>();
        for (JsonNode reaction : message.path("reactions")) {
            String emoji = reaction.get("emoji").asText();
            boolean named = reaction.get("users").valueStream().anyMatch(this::isSelf);
            boolean all = reaction.get("users").size() == reaction.get("count").asInt();
            if (told == null && !named && !all) {
                unsure.add(number);
            }
            if (named || !all && reacted(number).contains(emoji)) {
                own.add(emoji);
            }
        }
        if (told != null) {
            own.clear();
            told.forEach(emoji -> own.add(emoji.asText()));
        }
        reacted.put(number, own);
    }
}
