package io.parley.support.testing.checker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A conversation of the model: a log of changes and what follows from it. */
final class ModelRoom {
    /** One version: its event, and the message it concerns if any. */
    record Change(String kind, @Nullable Copy message) {}

    final UUID id;
    final boolean sinceJoin;
    final UUID keeper;
    final List<Change> changes = new ArrayList<>();
    final List<Copy> messages = new ArrayList<>();
    final Map<UUID, Copy> sent = new HashMap<>();
    final Set<UUID> present = new LinkedHashSet<>();
    private final Map<UUID, List<Membership.Interval>> intervals = new LinkedHashMap<>();
    private final Map<UUID, Long> readNumbers = new HashMap<>();

    ModelRoom(UUID id, boolean sinceJoin, List<UUID> members) {
        this.id = id;
        this.sinceJoin = sinceJoin;
        this.keeper = members.getFirst();
        changes.add(new Change("conversation.created", null));
        members.forEach(member -> open(member, 1, 1));
    }

    long lastVersion() {
        return changes.size();
    }

    long lastNumber() {
        return messages.size();
    }

    Membership membership(UUID user) {
        return new Membership(intervals.getOrDefault(user, List.of()));
    }

    Copy append(UUID id, @Nullable UUID sender, long content) {
        Copy known = sent.get(id);
        if (known != null) {
            return known;
        }
        Copy made = new Copy(id, lastNumber() + 1, lastVersion() + 1, sender, content, false, false);
        changes.add(new Change("message.created", made));
        messages.add(made);
        sent.put(id, made);
        return made;
    }

    void edit(int index, long content) {
        Copy old = messages.get(index);
        replace(
                "message.updated",
                index,
                new Copy(old.id(), old.number(), lastVersion() + 1, old.sender(), content, true, old.deleted()));
    }

    void delete(int index) {
        Copy old = messages.get(index);
        replace(
                "message.deleted",
                index,
                new Copy(old.id(), old.number(), lastVersion() + 1, old.sender(), 0, old.edited(), true));
    }

    private void replace(String kind, int index, Copy changed) {
        changes.add(new Change(kind, changed));
        messages.set(index, changed);
    }

    void join(UUID user, UUID systemMessage) {
        changes.add(new Change("member.added", null));
        open(user, lastVersion(), lastNumber() + 1);
        append(systemMessage, null, Content.hash("joined " + user));
    }

    void leave(UUID user, UUID systemMessage) {
        changes.add(new Change("member.removed", null));
        List<Membership.Interval> past = intervals.getOrDefault(user, new ArrayList<>());
        Membership.Interval last = past.removeLast();
        past.add(new Membership.Interval(last.fromVersion(), lastVersion(), last.fromNumber(), lastNumber() + 1));
        present.remove(user);
        append(systemMessage, null, Content.hash("left " + user));
    }

    private void open(UUID user, long version, long number) {
        present.add(user);
        intervals
                .computeIfAbsent(user, any -> new ArrayList<>())
                .add(new Membership.Interval(version, Membership.OPEN, number, Membership.OPEN));
    }

    void read(UUID user, long number) {
        readNumbers.merge(user, Math.min(number, lastNumber()), Math::max);
    }

    /** The state of what changed in (after, version], as this person may see it. */
    Entry.Range range(UUID user, long after, long version, boolean pushed) {
        Membership membership = membership(user);
        List<Copy> changed = messages.stream()
                .filter(message -> message.version() > after && message.version() <= version)
                .filter(message -> !sinceJoin || membership.sawMade(message.number()))
                .toList();
        List<Long> others = new ArrayList<>();
        for (long at = after + 1; at <= version; at++) {
            if (changes.get((int) at - 1).message() == null) {
                others.add(at);
            }
        }
        return new Entry.Range(id, after, version, false, pushed, changed, others);
    }

    Truth.Room truth() {
        Map<UUID, Membership> members = new HashMap<>();
        intervals.keySet().forEach(user -> members.put(user, membership(user)));
        Map<UUID, Truth.Mark> marks = new HashMap<>();
        present.forEach(user -> marks.put(user, mark(user)));
        return new Truth.Room(id, sinceJoin, lastNumber(), lastVersion(), messages, members, marks);
    }

    private Truth.Mark mark(UUID user) {
        long read = readNumbers.getOrDefault(user, 0L);
        long from = membership(user).lastJoinNumber();
        int unread = 0;
        for (Copy message : messages) {
            boolean others = message.sender() != null && !message.sender().equals(user) && !message.deleted();
            unread += others && message.number() > read && message.number() >= from ? 1 : 0;
        }
        return new Truth.Mark(read, unread);
    }
}
