package io.parley.support.testing.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a client knows; it survives the connections. Touched on the client's context only. */
public final class ClientState {
    private final Map<UUID, ConversationState> conversations = new LinkedHashMap<>();
    private final List<JsonNode> receipts = new ArrayList<>();
    /** What the list that is being received has named so far, and what has been gained meanwhile. */
    private final Set<UUID> named = new HashSet<>();

    private String epoch = "";
    private @Nullable String cursor;
    private boolean listing;
    private boolean listsAll;
    long userVersion;

    /** The conversation, known or not. */
    ConversationState conversation(UUID id) {
        return conversations.computeIfAbsent(id, ConversationState::new);
    }

    public @Nullable ConversationState find(UUID id) {
        ConversationState found = conversations.get(id);
        return found == null || found.isLost() ? null : found;
    }

    /** Those that the person is in, as far as the client has heard. */
    public Collection<ConversationState> conversations() {
        return conversations.values().stream()
                .filter(conversation -> !conversation.isLost())
                .toList();
    }

    /** What is lacking, for people to read. */
    String describe() {
        return (listing ? "list incomplete " : "")
                + conversations().stream()
                        .filter(conversation -> !conversation.isCurrent())
                        .map(conversation ->
                                conversation.id() + " at " + conversation.position() + " of " + conversation.head())
                        .toList();
    }

    /** Receipts that have come, oldest first. */
    public List<JsonNode> receipts() {
        return List.copyOf(receipts);
    }

    public long userVersion() {
        return userVersion;
    }

    public String epoch() {
        return epoch;
    }

    public @Nullable String cursor() {
        return cursor;
    }

    /** Has all that it knows to exist, and the list of what exists is complete. */
    public boolean isCurrent() {
        return !listing && conversations().stream().allMatch(ConversationState::isCurrent);
    }

    /** @return false when all that was held has become void */
    boolean begin(String newEpoch, boolean resumed) {
        boolean same = epoch.isEmpty() || epoch.equals(newEpoch);
        if (!same) {
            conversations.clear();
        }
        epoch = newEpoch;
        listing = true;
        listsAll = !resumed || !same;
        named.clear();
        return same;
    }

    /** The list goes on; what a complete list of all does not name is lost. */
    void list(Set<UUID> heads, boolean complete) {
        named.addAll(heads);
        if (!complete || !listing) {
            return;
        }
        listing = false;
        if (listsAll) {
            conversations.values().stream()
                    .filter(conversation -> !named.contains(conversation.id()))
                    .forEach(ConversationState::lose);
        }
    }

    void noteGained(UUID conversation) {
        named.add(conversation);
    }

    void keepCursor(String newest) {
        cursor = newest.isEmpty() ? cursor : newest;
    }

    void addReceipt(JsonNode receipt) {
        receipts.add(receipt);
    }

    /** Who has read how far, as the receipts of one conversation say. */
    public Map<UUID, Long> readMarks(UUID conversation) {
        Map<UUID, Long> marks = new HashMap<>();
        receipts.stream()
                .filter(receipt -> receipt.path("conversation").asText().equals(conversation.toString())
                        && receipt.path("kind").asText().equals("read"))
                .forEach(receipt -> marks.merge(
                        Wire.id(receipt, "user"), receipt.path("number").asLong(), Math::max));
        return marks;
    }
}
