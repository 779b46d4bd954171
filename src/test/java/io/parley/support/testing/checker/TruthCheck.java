package io.parley.support.testing.checker;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** The stored state against itself: numbers and versions without gap, nothing twice. */
final class TruthCheck {
    private final Rooms rooms;
    private final Findings findings;

    TruthCheck(Rooms rooms, Findings findings) {
        this.rooms = rooms;
        this.findings = findings;
    }

    void check(List<Log> logs) {
        Map<UUID, Set<Long>> seen = versionsSeen(logs);
        for (Rooms.Indexed room : rooms.all()) {
            checkNumbers(room.room);
            checkVersions(room.room, seen.getOrDefault(room.room.id(), Set.of()));
        }
    }

    private void checkNumbers(Truth.Room room) {
        Set<UUID> ids = new HashSet<>();
        Set<Long> versions = new HashSet<>();
        long previousNumber = 0;
        long previousVersion = 0;
        for (Copy message : room.messages()) {
            if (message.number() != previousNumber + 1) {
                found(Invariant.DENSE, room, "number " + message.number() + " follows " + previousNumber);
            }
            if (!ids.add(message.id())) {
                found(
                        Invariant.STORED_ONCE,
                        room,
                        "message " + message.id() + " is there twice, again as number " + message.number());
            }
            if (!versions.add(message.version())) {
                found(Invariant.DENSE, room, "version " + message.version() + " is two messages");
            }
            if (message.isOriginal() && message.version() < previousVersion) {
                found(
                        Invariant.DENSE,
                        room,
                        "message " + message.number() + " has version " + message.version() + ", one before it "
                                + previousVersion);
            }
            previousNumber = message.number();
            previousVersion = message.isOriginal() ? message.version() : previousVersion;
        }
        if (previousNumber != room.lastNumber()) {
            found(
                    Invariant.DENSE,
                    room,
                    "the head says number " + room.lastNumber() + ", the last message is " + previousNumber);
        }
    }

    /**
     * Every version is the creation, a message, a change of members or settings, which a system message follows, or
     * something that somebody was told of. An
     * edited message hides the versions that it had before, so only rooms without any can be judged.
     */
    private void checkVersions(Truth.Room room, Set<Long> seen) {
        Set<Long> explained = new HashSet<>(seen);
        explained.add(1L);
        for (Copy message : room.messages()) {
            explained.add(message.version());
            if (message.sender() == null) {
                explained.add(message.version() - 1);
            }
        }
        room.members().values().stream()
                .flatMap(membership -> membership.intervals().stream())
                .forEach(interval -> {
                    explained.add(interval.fromVersion());
                    explained.add(interval.toVersion());
                });
        Set<Long> lacking = new TreeSet<>();
        for (long version = 1; version <= room.lastVersion(); version++) {
            if (!explained.contains(version)) {
                lacking.add(version);
            }
        }
        if (!lacking.isEmpty() && room.messages().stream().allMatch(Copy::isOriginal)) {
            found(Invariant.DENSE, room, "nothing is known of versions " + lacking);
        }
        for (Copy message : room.messages()) {
            if (message.version() > room.lastVersion()) {
                found(
                        Invariant.DENSE,
                        room,
                        "message " + message.number() + " has version " + message.version() + " above the head's "
                                + room.lastVersion());
            }
        }
    }

    private static Map<UUID, Set<Long>> versionsSeen(List<Log> logs) {
        Map<UUID, Set<Long>> versions = new HashMap<>();
        for (Log log : logs) {
            for (Entry entry : log.entries()) {
                if (entry instanceof Entry.Received event) {
                    versions.computeIfAbsent(event.conversation(), any -> new HashSet<>())
                            .add(event.version());
                } else if (entry instanceof Entry.Range range) {
                    versions.computeIfAbsent(range.conversation(), any -> new HashSet<>())
                            .addAll(range.others());
                }
            }
        }
        return versions;
    }

    private void found(Invariant invariant, Truth.Room room, String detail) {
        findings.add(invariant, null, room.id(), detail);
    }
}
