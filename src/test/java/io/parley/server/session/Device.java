package io.parley.server.session;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A client that goes by the rules of the contract, keeps what it knows between sessions, and notes what it must not
 * see. What the rules tell it to read it has read at once. All on the world's context, which knows what is right.
 */
final class Device {
    private static final int KEPT = 40;

    final UUID user;
    private final World world;
    private final Map<UUID, Long> rooms = new HashMap<>();

    /** The version with which each room was lost, the last time that this was heard of. */
    private final Map<UUID, Long> lost = new HashMap<>();

    private final List<String> complaints = new ArrayList<>();
    private final List<String> story = new ArrayList<>();
    private long userVersion;
    private @Nullable String cursor;
    private Lab.@Nullable Guest guest;
    private int read;

    Device(World world, UUID user) {
        this.world = world;
        this.user = user;
    }

    @Nullable
    String cursor() {
        return cursor;
    }

    Lab.@Nullable Guest guest() {
        return guest;
    }

    void connect(Lab.@Nullable Guest to) {
        story.add(to == null ? "leaves" : "enters");
        guest = to;
        read = 0;
    }

    /** Has lost all its data. */
    void forget() {
        story.add("forgets");
        cursor = null;
    }

    /** Applies what has arrived. */
    void read() {
        read(Integer.MAX_VALUE);
    }

    /** As {@link #read}, but not more frames than this: the others never arrive. */
    void read(int most) {
        if (guest != null) {
            List<String> frames = guest.received();
            int end = Math.min(frames.size(), read + Math.min(most, frames.size()));
            for (; read < end; read++) {
                story.add(frames.get(read));
                apply(Json.parse(frames.get(read).getBytes(StandardCharsets.UTF_8)));
            }
        }
    }

    int unread() {
        return guest == null ? 0 : guest.received().size() - read;
    }

    private void apply(JsonNode frame) {
        switch (frame.path("type").asText()) {
            case "ready" -> ready(frame);
            case "pong" -> {
                check(frame.get("userVersion").asLong() == userVersion, "another version of the person", frame);
                heads(frame);
            }
            case "event" -> event(id(frame), frame.get("version").asLong(), frame);
            case "changes" ->
                changes(
                        id(frame),
                        frame.get("after").asLong(),
                        frame.get("version").asLong(),
                        frame);
            case "anew" -> anew(id(frame), frame.get("version").asLong(), frame);
            case "personal.event" -> {
                personal(frame.get("userVersion").asLong() - 1, frame);
                entry(frame);
            }
            case "personal" -> {
                personal(frame.get("after").asLong(), frame);
                frame.get("entries").forEach(this::entry);
            }
            default -> check(false, "unknown", frame);
        }
    }

    private static UUID id(JsonNode frame) {
        return UUID.fromString(frame.get("room").asText());
    }

    private void ready(JsonNode frame) {
        userVersion = frame.get("userVersion").asLong();
        if (cursor == null) {
            rooms.clear();
            lost.clear();
        }
        heads(frame);
    }

    private void heads(JsonNode frame) {
        cursor = frame.get("cursor").asText();
        frame.get("changed").forEach(head -> {
            UUID room = UUID.fromString(head.get("conversation").asText());
            told(room, head.get("lastVersion").asLong(), head.path("removed").asBoolean());
        });
    }

    private void personal(long after, JsonNode frame) {
        long version = frame.get("userVersion").asLong();
        check(after <= userVersion, "a gap of the person", frame);
        check(version > userVersion, "nothing new", frame);
        userVersion = version;
    }

    private void entry(JsonNode entry) {
        told(id(entry), entry.get("version").asLong(), entry.get("lost").asBoolean());
    }

    /** Rooms and persons are told of apart: of two things said of one room the one with the higher version holds. */
    private void told(UUID room, long version, boolean gone) {
        if (gone) {
            lost.merge(room, version, Math::max);
            rooms.computeIfPresent(room, (id, known) -> known < version ? null : known);
        } else if (!late(room, version)) {
            rooms.merge(room, version, Math::max);
        }
    }

    private boolean late(UUID room, long version) {
        return version <= lost.getOrDefault(room, 0L);
    }

    private void anew(UUID room, long version, JsonNode frame) {
        requireMember(room, version, frame);
        told(room, version, false);
    }

    private void event(UUID room, long version, JsonNode frame) {
        requireMember(room, version, frame);
        if (late(room, version)) {
            return;
        }
        Long known = rooms.get(room);
        boolean beginning = world.stays(room, user).stream().anyMatch(stay -> stay.from() == version);
        check(beginning || (known != null && version <= known + 1), "a gap after " + known, frame);
        told(room, version, false);
    }

    private void changes(UUID room, long after, long version, JsonNode frame) {
        Long known = rooms.get(room);
        for (long seen = Math.max(after, known == null ? 0 : known) + 1; seen <= version; seen++) {
            requireMember(room, seen, frame);
        }
        if (late(room, version)) {
            return;
        }
        check(known != null && after <= known, "a gap after " + known, frame);
        told(room, version, false);
    }

    private void requireMember(UUID room, long version, JsonNode frame) {
        check(
                world.stays(room, user).stream().anyMatch(stay -> stay.covers(version)),
                "version " + version + " is not for this person",
                frame);
    }

    private void check(boolean right, String otherwise, JsonNode frame) {
        if (!right) {
            complaints.add(user + ": " + otherwise + ": " + frame);
            story.add("COMPLAINS: " + otherwise);
        }
    }

    /** What it has seen and should not have, and what it does not know yet and should; empty when all is well. */
    List<String> findings() {
        List<String> findings = new ArrayList<>(complaints);
        Map<UUID, Long> right = new HashMap<>();
        world.roomsOf(user).forEach(room -> right.put(room, world.room(room).version));
        if (!rooms.equals(right)) {
            findings.add(user + " knows " + rooms + " and not " + right);
        }
        if (userVersion != world.person(user).version) {
            findings.add(user + " is at " + userVersion + " and not " + world.person(user).version);
        }
        if (!findings.isEmpty()) {
            findings.add("in the end: " + story.subList(Math.max(0, story.size() - KEPT), story.size()));
        }
        return findings;
    }
}
