package io.parley.support.testing.checker;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one device knows in the end, from events, ranges and pages together: every message that it may see. And each
 * range or page by itself: it leaves nothing out and holds nothing that is not the device's business.
 */
final class KnowledgeCheck {
    private final Log log;
    private final Rooms rooms;
    private final Findings findings;
    private final CopyCheck copies;
    private final Map<UUID, Known> known = new HashMap<>();
    private @Nullable String epoch;
    private boolean settled;

    KnowledgeCheck(Log log, Rooms rooms, Findings findings) {
        this.log = log;
        this.rooms = rooms;
        this.findings = findings;
        this.copies = new CopyCheck(log, findings);
    }

    /** The numbers of messages that the device has. */
    private static final class Known {
        final Set<Long> numbers = new HashSet<>();
        long skipped;
    }

    void check() {
        for (Entry entry : log.entries()) {
            switch (entry) {
                case Entry.Connected ready -> connect(ready);
                case Entry.Disconnected end -> settled = false;
                case Entry.Received event -> learnEvent(event);
                case Entry.Range range -> learnRange(range);
                case Entry.Paged page -> learnPage(page);
                case Entry.Skipped skipped -> known(skipped.conversation()).skipped = skipped.number();
                case Entry.Settled quiet -> settled = true;
                default -> {}
            }
        }
        if (settled) {
            rooms.all().forEach(this::checkEnd);
        }
    }

    private void connect(Entry.Connected ready) {
        settled = false;
        if (!ready.epoch().equals(epoch)) {
            epoch = ready.epoch();
            known.clear();
        }
    }

    private void learnEvent(Entry.Received event) {
        Copy message = event.message();
        if (message != null) {
            known(event.conversation()).numbers.add(message.number());
        }
    }

    private void learnRange(Entry.Range range) {
        Rooms.Indexed room = rooms.find(range.conversation());
        if (room == null) {
            return;
        }
        if (!range.pushed()) {
            findings.fetchedRanges++;
        }
        if (range.reset()) {
            // Given unasked it tells a device that is not yet there to ask, and is nothing to one that is.
            if (!range.pushed()) {
                known(range.conversation()).numbers.clear();
            }
            return;
        }
        Membership membership = room.room.membership(log.user());
        if (range.version() > range.after()
                && !membership.contains(range.version())
                && !membership.joinedAfter(range.version())) {
            found(
                    Invariant.MEMBERS_ONLY,
                    room,
                    "changes up to version " + range.version() + " are from outside " + membership.intervals());
        }
        learn(room, range.messages());
        List<Copy> due = room.changedIn(range.after(), range.version());
        requireAll(room, due, range.messages(), "changes (" + range.after() + ", " + range.version() + "]");
    }

    private void learnPage(Entry.Paged page) {
        Rooms.Indexed room = rooms.find(page.conversation());
        if (room == null || page.messages().isEmpty()) {
            return;
        }
        learn(room, page.messages());
        long first = page.messages().getFirst().number();
        long last = page.messages().getLast().number();
        List<Copy> due = room.room.messages().stream()
                .filter(message -> first <= message.number() && message.number() <= last)
                .toList();
        requireAll(room, due, page.messages(), "the page of " + first + " to " + last);
    }

    private void learn(Rooms.Indexed room, List<Copy> messages) {
        Known here = known(room.room.id());
        for (Copy message : messages) {
            copies.check(room, message);
            here.numbers.add(message.number());
        }
    }

    private void requireAll(Rooms.Indexed room, List<Copy> due, List<Copy> given, String what) {
        Set<Long> numbers = new HashSet<>();
        given.forEach(message -> numbers.add(message.number()));
        List<Long> lacking = due.stream()
                .filter(message -> room.room.shows(log.user(), message))
                .map(Copy::number)
                .filter(number -> !numbers.contains(number))
                .toList();
        if (!lacking.isEmpty()) {
            found(Invariant.COMPLETE, room, what + " lack messages " + lacking);
        }
    }

    private void checkEnd(Rooms.Indexed room) {
        if (!room.room.membership(log.user()).isCurrent()) {
            return;
        }
        Known here = known(room.room.id());
        List<Long> lacking = room.room.messages().stream()
                .filter(message -> message.number() > here.skipped && room.room.shows(log.user(), message))
                .map(Copy::number)
                .filter(number -> !here.numbers.contains(number))
                .toList();
        if (!lacking.isEmpty()) {
            found(Invariant.COMPLETE, room, "does not know messages " + lacking);
        }
    }

    private Known known(UUID conversation) {
        return known.computeIfAbsent(conversation, any -> new Known());
    }

    private void found(Invariant invariant, Rooms.Indexed room, String detail) {
        findings.add(invariant, log.device(), room.room.id(), detail);
    }
}
