package io.parley.support.testing.checker;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What the server holds when all is quiet, read through its interface. */
public record Truth(Map<UUID, Room> rooms) {
    public Truth {
        rooms = Map.copyOf(rooms);
    }

    /**
     * A conversation.
     *
     * @param sinceJoin a member sees only what was said while he was in
     * @param messages all, as read, ascending by number
     * @param members everybody who is or was in it
     * @param marks what each present member is told about himself
     */
    public record Room(
            UUID id,
            boolean sinceJoin,
            long lastNumber,
            long lastVersion,
            List<Copy> messages,
            Map<UUID, Membership> members,
            Map<UUID, Mark> marks) {
        public Room {
            messages = List.copyOf(messages);
            members = Map.copyOf(members);
            marks = Map.copyOf(marks);
        }

        Membership membership(UUID user) {
            return members.getOrDefault(user, Membership.NEVER);
        }

        /** May this person read the message, if he is a member now? */
        boolean shows(UUID user, Copy message) {
            return !sinceJoin || membership(user).sawMade(message.number());
        }
    }

    /** How far a member has read and how much the server says is unread. */
    public record Mark(long readNumber, long unread) {}
}
