package io.parley.loadtest.check;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Compares what comes with what may come, for the sessions of one thread: in each room every receiver sees the
 * versions without gap, repetition or exchange, only messages that were sent there, unaltered, with the number that
 * was acknowledged.
 */
public final class InvariantCheck {
    private final Violations violations = new Violations();
    private final Set<Missing> missing = new HashSet<>();
    /** The highest version that any session of this thread has seen, by room. */
    private final long[] heads;

    private record Missing(int person, int room, long version) {}

    /** A message as a receiver has got it. */
    public record Arrival(int index, int room, long version, long number, boolean fromSender, boolean textAsSent) {}

    public InvariantCheck(int rooms) {
        heads = new long[rooms];
    }

    /**
     * A change has come.
     *
     * @return whether the session sees it for the first time
     */
    public boolean advance(Positions positions, int slot, long version) {
        int room = positions.room(slot);
        long before = positions.version(slot);
        if (version <= before) {
            if (!positions.mayHaveCrossed(slot, version)) {
                late(positions, room, version);
            }
            return false;
        }
        for (long skipped = before + 1; skipped < version; skipped++) {
            missing.add(new Missing(positions.person, room, skipped));
        }
        move(positions, slot, version);
        return true;
    }

    private void late(Positions positions, int room, long version) {
        boolean awaited = missing.remove(new Missing(positions.person, room, version));
        violations.add(
                awaited ? Violation.REORDERED : Violation.DOUBLED,
                1,
                "person " + positions.user + " room " + room + " version " + version);
    }

    /** The server has given everything up to this version as state instead of events. */
    public void leap(Positions positions, int slot, long after, long version) {
        int room = positions.room(slot);
        for (long skipped = positions.version(slot) + 1; skipped <= after; skipped++) {
            missing.add(new Missing(positions.person, room, skipped));
        }
        if (version > positions.version(slot)) {
            move(positions, slot, version);
        }
    }

    private void move(Positions positions, int slot, long version) {
        positions.advance(slot, version);
        heads[positions.room(slot)] = Math.max(heads[positions.room(slot)], version);
    }

    /** The message in a change that has come for the first time. */
    public void message(Step step, Positions positions, int slot, Arrival arrival) {
        SendPlan plan = step.plan();
        int index = arrival.index();
        if (!step.ledger().wasSent(index)) {
            violations.add(Violation.PHANTOM, 1, "send " + index);
            return;
        }
        if (plan.room(index) != arrival.room() || !arrival.fromSender()) {
            violations.add(
                    Violation.MISDELIVERED, 1, "send " + index + " of room " + plan.room(index) + ": " + arrival);
        }
        if (!arrival.textAsSent()) {
            violations.add(Violation.ALTERED, 1, "send " + index);
        }
        place(step, index, arrival.version(), arrival.number());
        if (plan.sender(index) == positions.person
                && !step.ledger().wasRepeated(index)
                && !positions.ownInOrder(slot, plan.command(index))) {
            violations.add(
                    Violation.REORDERED, 1, "send " + index + " was overtaken by a later one of the same person");
        }
    }

    /** The acknowledgement of a send. */
    public void acknowledged(Step step, int index, long version, long number) {
        int room = step.plan().room(index);
        heads[room] = Math.max(heads[room], version);
        place(step, index, version, number);
    }

    private void place(Step step, int index, long version, long number) {
        if (!step.ledger().agrees(index, version, number)) {
            violations.add(Violation.MISNUMBERED, 1, "send " + index + " as version " + version + ", number " + number);
        }
    }

    public void found(Violation kind, String detail) {
        violations.add(kind, 1, detail);
    }

    /** The highest versions seen, by room; a copy. */
    public long[] heads() {
        return heads.clone();
    }

    /** Raises each to the other's, where that is higher. */
    public static void raise(long[] heads, long[] others) {
        Arrays.setAll(heads, i -> Math.max(heads[i], others[i]));
    }

    /** How many changes these sessions still lack, given where the rooms are. */
    public static long lacking(List<Positions> sessions, long[] heads) {
        long lacking = 0;
        for (Positions one : sessions) {
            for (int slot = 0; slot < one.rooms(); slot++) {
                lacking += Math.max(0, heads[one.room(slot)] - one.version(slot));
            }
        }
        return lacking;
    }

    /** The time is over: what has not come is lost. Forgets all that was found so far. */
    public Violations close(List<Positions> sessions, long[] heads) {
        for (Positions one : sessions) {
            for (int slot = 0; slot < one.rooms(); slot++) {
                long lacking = heads[one.room(slot)] - one.version(slot);
                if (lacking > 0) {
                    violations.add(
                            Violation.LOST,
                            lacking,
                            "person " + one.user + " room " + one.room(slot) + " stands at " + one.version(slot)
                                    + " of " + heads[one.room(slot)]);
                    one.advance(slot, heads[one.room(slot)]);
                }
            }
        }
        for (Missing one : missing) {
            violations.add(Violation.LOST, 1, one.toString());
        }
        missing.clear();
        Violations found = new Violations();
        found.addAll(violations);
        violations.counts().clear();
        violations.examples().clear();
        return found;
    }
}
