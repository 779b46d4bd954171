package io.parley.support.testing.checker;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the server pushed over the connections of one device: version after version of each conversation from the
 * head told at the start, nothing from outside the membership, up to the head at the end. What the device asked for
 * itself does not count here: a server that loses an event must find it by itself.
 */
final class StreamCheck {
    private final Log log;
    private final Rooms rooms;
    private final Findings findings;
    private final CopyCheck copies;
    private final Map<UUID, Stream> streams = new HashMap<>();
    private @Nullable String epoch;
    private boolean connected;
    private boolean listing;
    private boolean resumed;
    private boolean settled;

    StreamCheck(Log log, Rooms rooms, Findings findings) {
        this.log = log;
        this.rooms = rooms;
        this.findings = findings;
        this.copies = new CopyCheck(log, findings);
    }

    /** The versions of one conversation on their way to the device. */
    private static final class Stream {
        /** The last version given, or the head told when the connection began. */
        long position;
        /** The highest head that any answer has told. */
        long told;
        /** He was told that he is in: the next version is the membership's next after the position. */
        boolean started;
        /** Listed, or an event came, in this connection. */
        boolean open;
        /** The first event came before the conversation was listed, and went on from here; else -1. */
        long begunAt = -1;
        /** The position when the connection began. */
        long carried;
        /** What the last answer to a ping said: in or out. A later connection may take it as known. */
        @Nullable
        Boolean toldIn;
        /** Heads at which he was told, instead of by an event, that he is in: it may go on from any of them. */
        final NavigableSet<Long> adoptable = new TreeSet<>();
        /** He was told that he is out since here, and to discard what he has: nothing up to it needs to be given. */
        long lostAt = -1;

        long needsAfter() {
            return Math.max(position, lostAt);
        }
    }

    void check() {
        for (Entry entry : log.entries()) {
            switch (entry) {
                case Entry.Connected ready -> connect(ready);
                case Entry.Listed listed -> list(listed.heads(), listed.complete());
                case Entry.Ponged pong -> pong(pong.heads());
                case Entry.Personal personal -> personal.heads().forEach(this::adopt);
                case Entry.Disconnected end -> disconnect();
                case Entry.Received event -> receive(event);
                case Entry.Range range -> receiveRange(range);
                case Entry.Settled quiet -> settled = true;
                default -> {}
            }
        }
        if (connected && settled) {
            rooms.all().forEach(this::checkEnd);
        }
    }

    private void connect(Entry.Connected ready) {
        findings.connections++;
        if (!ready.epoch().equals(epoch)) {
            epoch = ready.epoch();
            streams.clear();
        }
        connected = true;
        settled = false;
        resumed = ready.resumed();
        listing = true;
        streams.values().forEach(stream -> {
            stream.position = Math.max(stream.position, stream.told);
            stream.carried = stream.position;
            stream.started = stream.toldIn == null ? stream.started : stream.toldIn;
            stream.toldIn = null;
            stream.adoptable.clear();
            stream.open = false;
            stream.begunAt = -1;
        });
        list(ready.heads(), ready.complete());
    }

    private void disconnect() {
        connected = false;
        settled = false;
    }

    private void list(List<Head> heads, boolean complete) {
        for (Head head : heads) {
            Rooms.Indexed room = rooms.find(head.conversation());
            if (room != null) {
                listOne(room, head);
            }
        }
        if (complete && listing) {
            listing = false;
            streams.forEach(this::checkUnlisted);
        }
    }

    private void listOne(Rooms.Indexed room, Head head) {
        Stream stream = stream(room);
        if (head.removed()) {
            stream.started = stream.begunAt >= 0;
            stream.open = true;
            return;
        }
        checkHead(room, head);
        long from = stream.begunAt >= 0 ? stream.begunAt : stream.position;
        if (stream.begunAt >= 0 && head.lastVersion() < stream.begunAt) {
            found(
                    Invariant.IN_ORDER,
                    room,
                    "versions " + (head.lastVersion() + 1) + " to " + stream.begunAt
                            + " are neither in the list nor came as events");
        } else if (stream.begunAt < 0 && stream.started && head.lastVersion() < from) {
            found(Invariant.IN_ORDER, room, "the head went back from " + from + " to " + head.lastVersion());
        }
        if (stream.begunAt < 0) {
            stream.position = head.lastVersion();
        }
        stream.begunAt = -1;
        stream.told = Math.max(stream.told, head.lastVersion());
        stream.started = true;
        stream.open = true;
    }

    private void checkHead(Rooms.Indexed room, Head head) {
        if (!room.room.membership(log.user()).contains(head.lastVersion())) {
            found(Invariant.MEMBERS_ONLY, room, "head " + head.lastVersion() + " is told to somebody who is not in");
        }
    }

    private void checkUnlisted(UUID conversation, Stream stream) {
        if (!stream.open && !resumed) {
            stream.started = false;
        }
        Rooms.Indexed room = rooms.find(conversation);
        if (stream.begunAt < 0 || room == null) {
            return;
        }
        boolean joined = room.room.membership(log.user()).startsAt(stream.begunAt + 1);
        boolean goesOn = resumed && stream.begunAt <= stream.carried;
        if (!joined && !goesOn) {
            found(
                    Invariant.IN_ORDER,
                    room,
                    "is not in the list, but events came from version " + (stream.begunAt + 1) + " on");
        }
        stream.begunAt = -1;
    }

    private void pong(List<Head> heads) {
        for (Head head : heads) {
            Rooms.Indexed room = rooms.find(head.conversation());
            if (room == null) {
                continue;
            }
            Stream stream = stream(room);
            stream.toldIn = !head.removed();
            if (!head.removed()) {
                checkHead(room, head);
                stream.told = Math.max(stream.told, head.lastVersion());
            }
        }
    }

    /**
     * He may have come into the conversation, or back into it, without having been given the event; or have left it
     * without what came last before.
     */
    private void adopt(Head head) {
        Rooms.Indexed room = rooms.find(head.conversation());
        if (room == null) {
            return;
        }
        Stream stream = stream(room);
        if (head.removed()) {
            Membership membership = room.room.membership(log.user());
            long end = head.lastVersion() > 0 ? head.lastVersion() : membership.end(stream.position + 1);
            stream.lostAt = end == Membership.OPEN ? stream.lostAt : Math.max(stream.lostAt, end);
            return;
        }
        checkHead(room, head);
        stream.told = Math.max(stream.told, head.lastVersion());
        long next = room.room.membership(log.user()).next(stream.needsAfter());
        if (!stream.started || (next > stream.needsAfter() + 1 && next <= head.lastVersion())) {
            stream.adoptable.add(head.lastVersion());
        }
    }

    private void receive(Entry.Received event) {
        Rooms.Indexed room = rooms.find(event.conversation());
        if (room == null) {
            return;
        }
        findings.deliveries++;
        copies.checkEvent(room, event);
        advance(room, event.version() - 1, event.version(), event.kind() + " " + event.version());
    }

    private void receiveRange(Entry.Range range) {
        Rooms.Indexed room = rooms.find(range.conversation());
        if (room == null || !range.pushed()) {
            return;
        }
        Stream stream = stream(room);
        findings.pushedRanges++;
        findings.deliveries += Math.max(0, range.version() - Math.max(range.after(), stream.position));
        if (range.reset() || range.after() == range.version()) {
            // In place of what he may not see: that there is something to be asked for.
            findings.resets += range.reset() ? 1 : 0;
            stream.position = Math.max(stream.position, range.version());
            stream.started = true;
            return;
        }
        if (stream.started && range.after() < stream.position && range.version() > stream.position) {
            findings.overlaps++;
        }
        advance(room, range.after(), range.version(), "changes (" + range.after() + ", " + range.version() + "]");
    }

    /** Versions (after, version] came. */
    private void advance(Rooms.Indexed room, long after, long version, String what) {
        Membership membership = room.room.membership(log.user());
        Stream stream = stream(room);
        if (!connected) {
            found(Invariant.IN_ORDER, room, what + " came on no connection");
        }
        if (!stream.open && listing && stream.begunAt < 0) {
            stream.begunAt = after;
            stream.position = after;
            stream.started = true;
        }
        stream.open = true;
        long first = stream.started ? Math.max(after, Math.min(stream.position, version - 1)) + 1 : after + 1;
        if (!membership.covers(first, version)) {
            found(Invariant.MEMBERS_ONLY, room, what + " is from outside " + membership.intervals());
        }
        if (version <= stream.position) {
            found(Invariant.IN_ORDER, room, what + " came again or too late, after " + stream.position);
        } else if (stream.adoptable.stream().anyMatch(head -> head <= after && after < membership.next(head))) {
            stream.position = after;
        } else if (stream.started && after + 1 > membership.next(stream.needsAfter())) {
            found(Invariant.IN_ORDER, room, what + " came after " + stream.position + ": gap");
        } else if (!stream.started && !membership.startsAt(after + 1) && membership.contains(version)) {
            found(Invariant.IN_ORDER, room, what + " came first, but he did not join there");
        }
        stream.started = true;
        stream.adoptable.clear();
        stream.position = Math.max(stream.position, version);
    }

    private void checkEnd(Rooms.Indexed room) {
        Membership membership = room.room.membership(log.user());
        Stream stream = streams.get(room.room.id());
        if (stream != null && !stream.adoptable.isEmpty()) {
            stream.started = true;
            stream.position = Math.max(stream.position, stream.adoptable.last());
        }
        if (membership.isCurrent() && (stream == null || !stream.started)) {
            found(Invariant.COMPLETE, room, "is a member but was never told");
        } else if (stream != null && stream.started) {
            long lacking = membership.next(stream.needsAfter());
            if (lacking <= room.room.lastVersion()) {
                found(
                        Invariant.COMPLETE,
                        room,
                        "was given nothing after version " + stream.position + ", but version " + lacking
                                + " is his and the head is " + room.room.lastVersion());
            }
        }
    }

    private Stream stream(Rooms.Indexed room) {
        return streams.computeIfAbsent(room.room.id(), any -> new Stream());
    }

    private void found(Invariant invariant, Rooms.Indexed room, String detail) {
        findings.add(invariant, log.device(), room.room.id(), detail);
    }
}
