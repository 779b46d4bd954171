package io.parley.support.testing.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.testing.checker.Entry;
import io.parley.support.testing.checker.Head;
import io.parley.support.testing.checker.History;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** What a client does with each frame that the server sends by itself: the version rule. */
final class Inbox {
    private final ClientSettings settings;
    private final ClientState state;
    private final History history;
    private final CatchUp catchUp;

    Inbox(ClientSettings settings, ClientState state, History history, CatchUp catchUp) {
        this.settings = settings;
        this.state = state;
        this.history = history;
        this.catchUp = catchUp;
    }

    void ready(JsonNode frame, boolean cursorGiven) {
        String epoch = frame.path("epoch").asText();
        boolean same = state.begin(epoch, cursorGiven);
        List<Head> heads = Wire.heads(frame.path("changed"));
        boolean complete = frame.path("complete").asBoolean();
        state.userVersion = frame.path("userVersion").asLong();
        history.add(new Entry.Connected(epoch, cursorGiven && same, state.userVersion, heads, complete));
        list(frame, heads, complete);
        state.conversations().forEach(this::lookBehind);
    }

    void changed(JsonNode frame) {
        List<Head> heads = Wire.heads(frame.path("changed"));
        boolean complete = frame.path("complete").asBoolean();
        history.add(new Entry.Listed(heads, complete));
        list(frame, heads, complete);
    }

    void pong(JsonNode frame) {
        List<Head> heads = Wire.heads(frame.path("changed"));
        history.add(new Entry.Ponged(frame.path("userVersion").asLong(), heads));
        takeHeads(frame.path("changed"));
        state.keepCursor(frame.path("cursor").asText());
    }

    private void list(JsonNode frame, List<Head> heads, boolean complete) {
        takeHeads(frame.path("changed"));
        Set<UUID> named = new HashSet<>();
        heads.forEach(head -> named.add(head.conversation()));
        state.list(named, complete);
        state.keepCursor(frame.path("cursor").asText());
    }

    private void takeHeads(JsonNode changed) {
        for (JsonNode head : changed) {
            ConversationState conversation = state.conversation(Wire.id(head, "conversation"));
            long version = head.path("lastVersion").asLong();
            if (head.path("removed").asBoolean()) {
                conversation.lose(version);
            } else if (conversation.enter(version)) {
                conversation.readNumber = Math.max(
                        conversation.readNumber, head.path("readNumber").asLong());
                learnHead(conversation, head);
            }
        }
    }

    private void learnHead(ConversationState conversation, JsonNode head) {
        long version = head.path("lastVersion").asLong();
        conversation.head = Math.max(conversation.head, version);
        if (!settings.wholeHistory() && conversation.position == 0) {
            history.add(
                    new Entry.Skipped(conversation.id(), head.path("lastNumber").asLong()));
            conversation.position = version;
        }
        lookBehind(conversation);
    }

    private void lookBehind(ConversationState conversation) {
        if (conversation.position < conversation.head) {
            catchUp.request(conversation);
        }
    }

    /** Any frame that is neither a reply nor about the connection. */
    void event(JsonNode frame) {
        String type = frame.path("type").asText();
        if (frame.has("userVersion")) {
            personal(type, frame);
        } else if (type.equals("changes")) {
            pushedRange(frame);
        } else if (type.equals("receipt")) {
            state.addReceipt(frame);
        } else if (frame.has("conversation") && frame.has("version")) {
            conversationEvent(type, frame);
        }
    }

    private void conversationEvent(String type, JsonNode frame) {
        ConversationState conversation = state.conversation(Wire.id(frame, "conversation"));
        long version = frame.path("version").asLong();
        history.add(new Entry.Received(conversation.id(), version, type, Wire.messageOf(frame)));
        if (!conversation.enter(version)) {
            return;
        }
        if (type.equals("conversation.deleted")) {
            conversation.lose(Math.max(version, conversation.head));
        } else if (version == conversation.position + 1) {
            conversation.apply(frame);
            catchUp.applyHeld(conversation);
        } else if (version > conversation.position) {
            conversation.held.put(version, frame);
            conversation.head = Math.max(conversation.head, version);
            catchUp.request(conversation);
        }
    }

    private void pushedRange(JsonNode frame) {
        ConversationState conversation = state.conversation(Wire.id(frame, "conversation"));
        JsonNode result = frame.path("result");
        long after = frame.path("after").asLong();
        long version = result.path("version").asLong();
        boolean reset = result.path("reset").asBoolean();
        history.add(new Entry.Range(
                conversation.id(),
                after,
                version,
                reset,
                true,
                Wire.copies(result.path("messages")),
                Wire.otherVersions(result)));
        if (!conversation.enter(version)) {
            return;
        }
        if (!reset && after <= conversation.position) {
            conversation.applyState(result);
            catchUp.applyHeld(conversation);
        } else if (reset || version > conversation.position) {
            conversation.head = Math.max(conversation.head, version);
            catchUp.request(conversation);
        }
    }

    private void personal(String type, JsonNode frame) {
        long version = frame.path("userVersion").asLong();
        long after = type.equals("personal") ? frame.path("after").asLong() : version - 1;
        List<Head> heads = switch (type) {
            case "conversation.gained" -> List.of(head(frame, false));
            case "conversation.lost" -> List.of(head(frame, true));
            default -> Wire.heads(frame.path("changed"));
        };
        history.add(new Entry.Personal(after, version, type, concerned(frame), heads));
        state.userVersion = Math.max(state.userVersion, version);
        switch (type) {
            case "conversation.gained" -> gained(frame);
            case "conversation.lost" ->
                state.conversation(Wire.id(frame, "conversation"))
                        .lose(frame.path("lastVersion").asLong());
            case "read" -> {
                ConversationState conversation = state.conversation(Wire.id(frame, "conversation"));
                conversation.readNumber =
                        Math.max(conversation.readNumber, frame.path("number").asLong());
            }
            case "personal" -> takeHeads(frame.path("changed"));
            default -> {}
        }
    }

    private static Head head(JsonNode frame, boolean removed) {
        return new Head(
                Wire.id(frame, "conversation"),
                frame.path("lastNumber").asLong(),
                frame.path("lastVersion").asLong(),
                removed);
    }

    private static List<UUID> concerned(JsonNode frame) {
        List<UUID> conversations = new ArrayList<>();
        if (frame.has("conversation")) {
            conversations.add(Wire.id(frame, "conversation"));
        }
        return conversations;
    }

    private void gained(JsonNode frame) {
        ConversationState conversation = state.conversation(Wire.id(frame, "conversation"));
        if (conversation.enter(frame.path("lastVersion").asLong())) {
            state.noteGained(conversation.id());
            learnHead(conversation, frame);
        }
    }
}
