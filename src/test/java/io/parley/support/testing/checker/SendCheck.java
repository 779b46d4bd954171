package io.parley.support.testing.checker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What devices sent against what is stored: acknowledgements, refusals and order. */
final class SendCheck {
    private final Rooms rooms;
    private final Findings findings;
    /** Of all devices, by person: what was sent at all. */
    private final Map<UUID, Map<UUID, Long>> sentBy = new HashMap<>();

    private final Set<UUID> maybeStored = new HashSet<>();
    private final Set<UUID> refused = new HashSet<>();

    SendCheck(Rooms rooms, Findings findings) {
        this.rooms = rooms;
        this.findings = findings;
    }

    void check(List<Log> logs) {
        for (Log log : logs) {
            sentBy.computeIfAbsent(log.user(), any -> new HashMap<>());
            checkDevice(log);
        }
        for (Rooms.Indexed room : rooms.all()) {
            room.room.messages().forEach(message -> checkStored(room.room, message));
        }
    }

    /** One message of one device to one conversation, with the places of its attempts in the history. */
    private static final class Outgoing {
        final int first;
        int last;
        Entry.@Nullable Acked acked;

        Outgoing(int first) {
            this.first = first;
        }
    }

    private void checkDevice(Log log) {
        Map<UUID, Map<UUID, Outgoing>> conversations = new HashMap<>();
        Map<UUID, Outgoing> outgoing = new HashMap<>();
        Set<UUID> open = new HashSet<>();
        for (int at = 0; at < log.entries().size(); at++) {
            Entry entry = log.entries().get(at);
            if (entry instanceof Entry.Sent sent) {
                int place = at;
                Outgoing message = conversations
                        .computeIfAbsent(sent.conversation(), any -> new HashMap<>())
                        .computeIfAbsent(sent.message(), any -> new Outgoing(place));
                message.last = at;
                outgoing.put(sent.message(), message);
                if (!open.add(sent.message())) {
                    maybeStored.add(sent.message());
                }
                sentBy.computeIfAbsent(log.user(), any -> new HashMap<>()).put(sent.message(), sent.content());
            } else if (entry instanceof Entry.Acked acked) {
                open.remove(acked.message());
                checkAck(log, acked, outgoing.get(acked.message()));
            } else if (entry instanceof Entry.Failed failed) {
                open.remove(failed.message());
                (failed.unknown() ? maybeStored : refused).add(failed.message());
            } else if (entry instanceof Entry.Disconnected) {
                maybeStored.addAll(open);
                open.clear();
            }
        }
        maybeStored.addAll(open);
        conversations.forEach((conversation, messages) -> checkOrder(log, conversation, messages.values()));
    }

    private void checkAck(Log log, Entry.Acked acked, @Nullable Outgoing message) {
        findings.acked++;
        maybeStored.add(acked.message());
        if (message == null) {
            findings.add(
                    Invariant.ACKED_IS_STORED,
                    log.device(),
                    acked.conversation(),
                    "an acknowledgement for " + acked.message() + ", which was not sent");
            return;
        }
        if (message.acked != null && message.acked.number() != acked.number()) {
            findings.add(
                    Invariant.STORED_ONCE,
                    log.device(),
                    acked.conversation(),
                    "message " + acked.message() + " was acknowledged as number " + message.acked.number()
                            + " and, repeated, as " + acked.number());
        }
        message.acked = acked;
        Rooms.Indexed room = rooms.find(acked.conversation());
        Copy stored = room == null ? null : room.id(acked.message());
        if (stored == null) {
            findings.add(
                    Invariant.ACKED_IS_STORED,
                    log.device(),
                    acked.conversation(),
                    "message " + acked.message() + ", acknowledged as number " + acked.number() + ", is lost");
        } else if (stored.number() != acked.number() || stored.version() < acked.version()) {
            findings.add(
                    Invariant.ACKED_IS_STORED,
                    log.device(),
                    acked.conversation(),
                    "message " + acked.message() + " was acknowledged as number " + acked.number() + " version "
                            + acked.version() + ", but is " + stored.number() + " version " + stored.version());
        }
    }

    /**
     * A message whose attempts all came before another's first has the lower number. Where attempts of the two
     * mingle, any order may be right.
     */
    private void checkOrder(Log log, UUID conversation, Iterable<Outgoing> messages) {
        List<Outgoing> byFirst = new ArrayList<>();
        messages.forEach(message -> {
            if (message.acked != null) {
                byFirst.add(message);
            }
        });
        List<Outgoing> byLast = new ArrayList<>(byFirst);
        byFirst.sort(Comparator.comparingInt(message -> message.first));
        byLast.sort(Comparator.comparingInt(message -> message.last));
        int done = 0;
        long highest = 0;
        for (Outgoing message : byFirst) {
            while (done < byLast.size() && byLast.get(done).last < message.first) {
                highest = Math.max(highest, number(byLast.get(done)));
                done++;
            }
            if (number(message) < highest) {
                findings.add(
                        Invariant.SENDER_ORDER,
                        log.device(),
                        conversation,
                        "a message sent earlier got number " + highest + ", one sent later " + number(message));
            }
        }
    }

    private static long number(Outgoing message) {
        return message.acked == null ? 0 : message.acked.number();
    }

    private void checkStored(Truth.Room room, Copy stored) {
        UUID sender = stored.sender();
        if (sender == null || !sentBy.containsKey(sender)) {
            return;
        }
        Long sent = sentBy.getOrDefault(sender, Map.of()).get(stored.id());
        if (sent == null) {
            findings.add(
                    Invariant.HONEST_OUTCOME,
                    null,
                    room.id(),
                    "message " + stored.number() + " " + stored.id() + " is stored but nobody sent it");
        } else if (stored.isOriginal() && sent != stored.content()) {
            findings.add(
                    Invariant.ACKED_IS_STORED,
                    null,
                    room.id(),
                    "message " + stored.number() + " " + stored.id() + " does not say what was sent");
        } else if (refused.contains(stored.id()) && !maybeStored.contains(stored.id())) {
            findings.add(
                    Invariant.HONEST_OUTCOME,
                    null,
                    room.id(),
                    "message " + stored.number() + " " + stored.id() + " was refused for good but is stored");
        }
    }
}
