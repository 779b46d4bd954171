package io.parley.support.testing.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a client holds of one conversation. A {@link #position} of p means: complete up to version p. */
public final class ConversationState {
    /** A person's membership as last heard. */
    public record Member(boolean active, String role, long version, long fromNumber) {}

    private final UUID id;
    private final NavigableMap<Long, JsonNode> messages = new TreeMap<>();
    private final Map<UUID, Member> members = new LinkedHashMap<>();
    /** Events that cannot be applied yet because others are missing before them, by version. */
    final NavigableMap<Long, JsonNode> held = new TreeMap<>();

    long position;
    /** The highest version that the server has spoken of. */
    long head;

    long readNumber;
    private boolean lost;

    /** The version with which it was lost, the last time that this was heard of. */
    private long lostWith;

    boolean catchingUp;
    private String name = "";

    ConversationState(UUID id) {
        this.id = id;
    }

    public UUID id() {
        return id;
    }

    public long position() {
        return position;
    }

    public long head() {
        return head;
    }

    public boolean isLost() {
        return lost;
    }

    public String name() {
        return name;
    }

    public long readNumber() {
        return readNumber;
    }

    /** By number. */
    public NavigableMap<Long, JsonNode> messages() {
        return new TreeMap<>(messages);
    }

    public @Nullable JsonNode message(long number) {
        return messages.get(number);
    }

    public Set<UUID> activeMembers() {
        return members.entrySet().stream()
                .filter(member -> member.getValue().active())
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    public @Nullable Member member(UUID user) {
        return members.get(user);
    }

    /** Has everything that it knows to exist. */
    public boolean isCurrent() {
        return lost || (!catchingUp && held.isEmpty() && position >= head);
    }

    /** Messages of others after the mark, within the present membership. */
    public long unread(UUID self) {
        Member own = members.get(self);
        long from = own == null ? 0 : own.fromNumber();
        return messages.tailMap(readNumber, false).entrySet().stream()
                .filter(entry -> entry.getKey() >= from && counts(entry.getValue(), self))
                .count();
    }

    private static boolean counts(JsonNode message, UUID self) {
        String sender = message.path("sender").asText("");
        return !sender.isEmpty() && !sender.equals(self.toString()) && !message.hasNonNull("deletedAt");
    }

    /** The person is out as of this version; old news, if a later one has been heard of. */
    void lose(long version) {
        lostWith = Math.max(lostWith, version);
        if (version > heard()) {
            discard();
            lost = true;
        }
    }

    /** A list of all does not name it: whatever has been heard of it is older. */
    void lose() {
        lose(Math.max(lostWith, heard() + 1));
    }

    private long heard() {
        return Math.max(position, head);
    }

    /**
     * Something says that the person is in it as of this version.
     *
     * @return false when he has lost it since
     */
    boolean enter(long version) {
        if (version <= lostWith) {
            return false;
        }
        lost = false;
        return true;
    }

    void discard() {
        messages.clear();
        members.clear();
        held.clear();
        position = 0;
        head = 0;
        name = "";
    }

    /** Applies an event, whatever its type, as the one that follows the position. */
    void apply(JsonNode event) {
        position = event.path("version").asLong();
        head = Math.max(head, position);
        switch (event.path("type").asText()) {
            case "conversation.created" -> create(event.path("data"));
            case "conversation.updated" ->
                name = event.path("data").path("name").asText(name);
            case "member.added", "member.updated" -> event.path("members").forEach(this::putMember);
            case "member.removed" -> event.path("users").forEach(user -> remove(user, position));
            case "reaction.added", "reaction.removed" -> react(event);
            case "poll.results" -> count(event);
            default -> {
                putMessage(event.path("message"));
                event.path("messages").forEach(this::putMessage);
            }
        }
    }

    /** Applies the state of all that changed up to {@code result.version}. */
    void applyState(JsonNode result) {
        result.path("messages").forEach(this::putMessage);
        result.path("members").forEach(this::putMember);
        name = result.path("conversation").path("name").asText(name);
        position = Math.max(position, result.path("version").asLong());
        head = Math.max(head, position);
    }

    private void create(JsonNode data) {
        name = data.path("name").asText("");
        data.path("members")
                .forEach(member -> members.put(
                        Wire.id(member, "user"),
                        new Member(true, member.path("role").asText(), 1, 1)));
    }

    private void react(JsonNode event) {
        JsonNode message = messages.get(event.path("number").asLong());
        if (message != null && message.path("version").asLong() < position) {
            ObjectNode changed = message.deepCopy();
            ShownReactions.apply(changed, event);
            messages.put(event.path("number").asLong(), changed);
        }
    }

    private void count(JsonNode event) {
        JsonNode message = messages.get(event.path("number").asLong());
        if (message != null && message.path("version").asLong() < position) {
            ObjectNode changed = message.deepCopy();
            changed.set("version", event.get("version"));
            changed.set("results", event.get("results"));
            messages.put(event.path("number").asLong(), changed);
        }
    }

    void putMessage(JsonNode message) {
        if (!message.isObject()) {
            return;
        }
        messages.merge(
                message.path("number").asLong(),
                message,
                (old, other) ->
                        old.path("version").asLong() > other.path("version").asLong() ? old : other);
    }

    void putMember(JsonNode member) {
        Member heard = new Member(
                member.path("active").asBoolean(true),
                member.path("role").asText(""),
                member.path("version").asLong(),
                member.path("fromNumber").asLong());
        members.merge(Wire.id(member, "user"), heard, (old, other) -> old.version() > other.version() ? old : other);
    }

    private void remove(JsonNode user, long version) {
        members.put(UUID.fromString(user.asText()), new Member(false, "", version, 0));
    }
}
