package io.parley.support.testing.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.testing.checker.Copy;
import io.parley.support.testing.checker.Membership;
import io.parley.support.testing.checker.Truth;
import io.parley.support.testing.client.PersonApi;
import io.parley.support.testing.client.Wire;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Reads what the server holds through its interface: the whole history of each conversation as somebody sees it who
 * was always in, and what each person is told about his marks. Who was a member when follows from the history,
 * where a system message stands right behind every coming and going.
 */
public final class TruthReader {
    private final Map<UUID, Truth.Room> rooms = new HashMap<>();
    private final Map<UUID, Map<UUID, Truth.Mark>> marks = new HashMap<>();

    /** What one person is told: his unread counts and marks. */
    public void readMarks(UUID person, List<JsonNode> conversations) {
        for (JsonNode conversation : conversations) {
            UUID id = UUID.fromString(conversation.path("id").asText());
            Truth.Mark mark = new Truth.Mark(
                    conversation.path("readNumber").asLong(),
                    conversation.path("unread").asLong());
            marks.computeIfAbsent(id, any -> new HashMap<>()).put(person, mark);
        }
    }

    /** @param founders who was in at the beginning */
    public void readRoom(JsonNode conversation, List<JsonNode> history, List<UUID> founders) {
        UUID id = UUID.fromString(conversation.path("id").asText());
        List<Copy> messages = history.stream().map(Wire::copy).toList();
        rooms.put(
                id,
                new Truth.Room(
                        id,
                        conversation.path("history").asText().equals("since_join"),
                        conversation.path("lastNumber").asLong(),
                        conversation.path("lastVersion").asLong(),
                        messages,
                        memberships(founders, history),
                        Map.of()));
    }

    /** Reads all of it, one call after another; blocks. */
    public void readRoom(PersonApi keeper, UUID conversation, List<UUID> founders) {
        readRoom(
                Blocking.getAtLast(() -> keeper.conversation(conversation)),
                Blocking.getAtLast(() -> keeper.history(conversation)),
                founders);
    }

    public Truth truth() {
        Map<UUID, Truth.Room> complete = new HashMap<>();
        rooms.forEach((id, room) -> complete.put(
                id,
                new Truth.Room(
                        id,
                        room.sinceJoin(),
                        room.lastNumber(),
                        room.lastVersion(),
                        room.messages(),
                        room.members(),
                        marks.getOrDefault(id, Map.of()))));
        return new Truth(complete);
    }

    private static Map<UUID, Membership> memberships(List<UUID> founders, List<JsonNode> history) {
        Map<UUID, List<Membership.Interval>> intervals = new LinkedHashMap<>();
        founders.forEach(founder -> open(intervals, founder, 1, 1));
        for (JsonNode message : history) {
            long version = message.path("version").asLong() - 1;
            long number = message.path("number").asLong();
            switch (message.path("system").path("event").asText()) {
                case "members_added", "member_joined" ->
                    message.path("system").path("users").forEach(user -> open(intervals, id(user), version, number));
                case "member_removed", "member_left" ->
                    message.path("system").path("users").forEach(user -> close(intervals, id(user), version, number));
                default -> {}
            }
        }
        Map<UUID, Membership> memberships = new HashMap<>();
        intervals.forEach((user, list) -> memberships.put(user, new Membership(list)));
        return memberships;
    }

    private static UUID id(JsonNode text) {
        return UUID.fromString(text.asText());
    }

    private static void open(Map<UUID, List<Membership.Interval>> intervals, UUID user, long version, long number) {
        intervals
                .computeIfAbsent(user, any -> new ArrayList<>())
                .add(new Membership.Interval(version, Membership.OPEN, number, Membership.OPEN));
    }

    private static void close(Map<UUID, List<Membership.Interval>> intervals, UUID user, long version, long number) {
        List<Membership.Interval> list = intervals.getOrDefault(user, new ArrayList<>());
        if (!list.isEmpty()) {
            Membership.Interval last = list.removeLast();
            list.add(new Membership.Interval(last.fromVersion(), version, last.fromNumber(), number));
        }
    }
}
