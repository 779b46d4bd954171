package io.parley.support.testing.checker;

import java.util.Objects;

/** A message that was given to a device against the stored one, and against what the person may know. */
final class CopyCheck {
    private final Log log;
    private final Findings findings;

    CopyCheck(Log log, Findings findings) {
        this.log = log;
        this.findings = findings;
    }

    void check(Rooms.Indexed room, Copy copy) {
        if (!mayKnow(room.room, copy)) {
            found(
                    Invariant.MEMBERS_ONLY,
                    room,
                    "message " + copy.number() + " of version " + copy.version() + " is from outside "
                            + room.room.membership(log.user()).intervals());
        }
        Copy stored = room.number(copy.number());
        if (stored == null) {
            found(Invariant.CONTENT, room, "message " + copy.number() + " " + copy.id() + " is not stored");
        } else if (!stored.id().equals(copy.id()) || !Objects.equals(stored.sender(), copy.sender())) {
            found(Invariant.CONTENT, room, "message " + copy.number() + " is " + stored.id() + ", not " + copy.id());
        } else if (copy.version() > stored.version()) {
            found(
                    Invariant.CONTENT,
                    room,
                    "message " + copy.number() + " has version " + stored.version() + ", not " + copy.version());
        } else if (copy.version() == stored.version()
                && (copy.content() != stored.content() || copy.deleted() != stored.deleted())) {
            found(Invariant.CONTENT, room, "message " + copy.number() + " does not say what is stored");
        }
    }

    /** An event with this version against what the stored messages say of the version. */
    void checkEvent(Rooms.Indexed room, Entry.Received event) {
        Copy message = event.message();
        Copy stored = room.version(event.version());
        if (message == null) {
            if (stored != null) {
                found(
                        Invariant.CONTENT,
                        room,
                        event.kind() + " came as version " + event.version() + ", which is message " + stored.number());
            }
            return;
        }
        check(room, message);
        boolean another = stored != null && !stored.id().equals(message.id());
        if (message.version() != event.version() || another) {
            found(
                    Invariant.CONTENT,
                    room,
                    event.kind() + " of version " + event.version() + " carries message " + message.number()
                            + " of version " + message.version());
        }
    }

    private boolean mayKnow(Truth.Room room, Copy copy) {
        Membership membership = room.membership(log.user());
        return room.sinceJoin()
                ? membership.sawMade(copy.number())
                : membership.contains(copy.version()) || membership.joinedAfter(copy.version());
    }

    private void found(Invariant invariant, Rooms.Indexed room, String detail) {
        findings.add(invariant, log.device(), room.room.id(), detail);
    }
}
