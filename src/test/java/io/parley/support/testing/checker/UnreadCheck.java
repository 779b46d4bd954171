package io.parley.support.testing.checker;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Unread counts against plain counting, read marks against what was confirmed. */
final class UnreadCheck {
    private final Rooms rooms;
    private final Findings findings;

    UnreadCheck(Rooms rooms, Findings findings) {
        this.rooms = rooms;
        this.findings = findings;
    }

    void check(List<Log> logs) {
        Map<UUID, Map<UUID, Long>> confirmed = confirmedMarks(logs);
        for (Rooms.Indexed room : rooms.all()) {
            room.room
                    .marks()
                    .forEach((user, mark) -> checkMark(room.room, user, mark, confirmed.getOrDefault(user, Map.of())));
        }
    }

    private void checkMark(Truth.Room room, UUID user, Truth.Mark mark, Map<UUID, Long> confirmed) {
        findings.unreadCounts++;
        long from = room.membership(user).lastJoinNumber();
        long counted = room.messages().stream()
                .filter(message -> message.counts()
                        && !user.equals(message.sender())
                        && message.number() > mark.readNumber()
                        && message.number() >= from)
                .count();
        if (counted != mark.unread()) {
            findings.add(
                    Invariant.UNREAD,
                    null,
                    room.id(),
                    user + " is told " + mark.unread() + " unread, counting after mark " + mark.readNumber() + " gives "
                            + counted);
        }
        long least = Math.min(confirmed.getOrDefault(room.id(), 0L), room.lastNumber());
        if (mark.readNumber() < least || mark.readNumber() > room.lastNumber()) {
            findings.add(
                    Invariant.UNREAD,
                    null,
                    room.id(),
                    user + " has his mark at " + mark.readNumber() + "; confirmed was " + least + ", the head is "
                            + room.lastNumber());
        }
    }

    private static Map<UUID, Map<UUID, Long>> confirmedMarks(List<Log> logs) {
        Map<UUID, Map<UUID, Long>> marks = new HashMap<>();
        for (Log log : logs) {
            for (Entry entry : log.entries()) {
                if (entry instanceof Entry.Marked marked) {
                    marks.computeIfAbsent(log.user(), any -> new HashMap<>())
                            .merge(marked.conversation(), marked.number(), Math::max);
                }
            }
        }
        return marks;
    }
}
