package io.parley.features.conversations;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A group as one would write it without a database: everything is kept, and counted by looking at all of it. */
final class ModelRoom {

    private static final List<String> RANKS = List.of("nobody", "member", "admin", "owner", "operator");

    final List<Message> messages = new ArrayList<>();
    final Map<UUID, Member> members = new HashMap<>();
    long version = 1;
    String name = "";

    /** A message; its number is its place in the list, from 1. */
    record Message(
            UUID id, @Nullable UUID sender, @Nullable String content, boolean counts, long number, long version) {}

    /** A membership, present or past. */
    static final class Member {
        String role;
        boolean active = true;
        long fromNumber;
        long version;
        long read;
        long delivered;

        Member(String role, long fromNumber, long version) {
            this.role = role;
            this.fromNumber = fromNumber;
            this.version = version;
        }
    }

    ModelRoom(List<UUID> people) {
        for (UUID person : people) {
            members.put(person, new Member(members.isEmpty() ? "owner" : "member", 1, 1));
        }
    }

    String send(UUID id, UUID sender, String content) {
        for (Message message : messages) {
            if (message.id().equals(id)) {
                boolean same = sender.equals(message.sender()) && content.equals(message.content());
                return same ? "duplicate" : active(sender) == null ? "not_found" : "conflict";
            }
        }
        if (active(sender) == null) {
            return "not_found";
        }
        messages.add(new Message(id, sender, content, true, messages.size() + 1, ++version));
        return "ok";
    }

    private void notice(@Nullable UUID actor) {
        messages.add(new Message(new UUID(0, 0), actor, null, false, messages.size() + 1, ++version));
    }

    String add(@Nullable UUID actor, String role, UUID person) {
        int rank = rank(actor);
        if (rank == 0) {
            return "not_found";
        }
        if (person.equals(actor)) {
            return "unchanged"; // He joins what he is in.
        }
        if (rank < 2 || rank < RANKS.indexOf(role)) {
            return "forbidden";
        }
        if (active(person) != null) {
            return "unchanged";
        }
        Member before = members.get(person);
        Member joined = new Member(role, messages.size() + 1, ++version);
        if (before != null) {
            joined.read = before.read;
            joined.delivered = before.delivered;
        }
        members.put(person, joined);
        notice(actor);
        return "ok";
    }

    String remove(@Nullable UUID actor, UUID person) {
        int rank = rank(actor);
        Member target = active(person);
        if (rank == 0 || target == null) {
            return "not_found";
        }
        if (!Objects.equals(actor, person) && rank <= RANKS.indexOf(target.role)) {
            return "forbidden";
        }
        if (isLastOwner(target) && count() > 1) {
            return "last_owner";
        }
        target.active = false;
        target.version = ++version;
        notice(actor);
        return "ok";
    }

    String setRole(@Nullable UUID actor, UUID person, String role) {
        int rank = rank(actor);
        Member target = active(person);
        if (rank == 0 || target == null) {
            return "not_found";
        }
        if (target.role.equals(role)) {
            return "unchanged";
        }
        boolean steppingDown = Objects.equals(actor, person) && RANKS.indexOf(role) < RANKS.indexOf(target.role);
        if (rank < 3 && !steppingDown) {
            return "forbidden";
        }
        if (isLastOwner(target)) {
            return "last_owner";
        }
        target.role = role;
        target.version = ++version;
        return "ok";
    }

    String rename(@Nullable UUID actor, String newName) {
        int rank = rank(actor);
        if (rank == 0) {
            return "not_found";
        }
        if (rank < 2) {
            return "forbidden";
        }
        if (name.equals(newName)) {
            return "unchanged";
        }
        name = newName;
        version++;
        notice(actor);
        return "ok";
    }

    String mark(UUID person, String kind, long number) {
        Member member = active(person);
        if (member == null) {
            return "not_found";
        }
        long target = Math.min(number, messages.size());
        boolean read = kind.equals("read");
        if (target <= (read ? member.read : member.delivered)) {
            return "unchanged";
        }
        member.read = read ? target : member.read;
        member.delivered = Math.max(member.delivered, target);
        return "ok";
    }

    /** The person has sent these, one after the other, and his mark follows if he had read all before. */
    void markOwn(UUID person, long first, long last) {
        Member member = Objects.requireNonNull(active(person));
        long seen = Math.max(member.read, member.fromNumber - 1);
        boolean upToDate = messages.stream()
                .noneMatch(message -> message.counts() && message.number() > seen && message.number() < first);
        if (upToDate && seen < last) {
            member.read = last;
            member.delivered = Math.max(member.delivered, last);
        }
    }

    long unread(UUID person) {
        Member member = active(person);
        if (member == null) {
            return -1;
        }
        return messages.stream()
                .filter(Message::counts)
                .filter(message -> !person.equals(message.sender()))
                .filter(message -> message.number() > member.read && message.number() >= member.fromNumber)
                .count();
    }

    @Nullable
    Member active(UUID person) {
        Member member = members.get(person);
        return member != null && member.active ? member : null;
    }

    boolean isAlone(UUID person) {
        return active(person) != null && count() == 1;
    }

    private long count() {
        return members.values().stream().filter(member -> member.active).count();
    }

    private boolean isLastOwner(Member target) {
        return target.role.equals("owner")
                && members.values().stream()
                        .noneMatch(member -> member != target && member.active && member.role.equals("owner"));
    }

    private int rank(@Nullable UUID actor) {
        if (actor == null) {
            return RANKS.indexOf("operator");
        }
        Member member = active(actor);
        return member == null ? 0 : RANKS.indexOf(member.role);
    }
}
