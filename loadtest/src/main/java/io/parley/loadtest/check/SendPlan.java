package io.parley.loadtest.check;

import io.parley.loadtest.provision.Topology;

/**
 * Who sends what when, as a pure function of the number of the send: whoever sees a message knows without asking
 * where it belongs and when it was due, whether or not the server keeps up.
 *
 * @param step which load of the run this is; part of every message id
 * @param tag distinguishes runs, 14 bits
 * @param startNanos in terms of {@link System#nanoTime}
 * @param count of all sends
 * @param slot the one of everybody's rooms that they go to, or {@link #BY_SHARES}
 */
public record SendPlan(int step, int tag, long startNanos, Rhythm rhythm, int count, int slot, Topology topology) {
    /** To all of the rooms, as their shares say. */
    public static final int BY_SHARES = -1;

    private static final double TWO_TO_53 = 1L << 53;
    private static final long VERSION_7 = 0x7000;
    private static final long VARIANT = 0x8000000000000000L;
    private static final long INDEX_BITS = 0xffffffffffffL;

    /** When, in terms of {@link System#nanoTime}. */
    public long due(int index) {
        return startNanos + rhythm.offset(index);
    }

    public int sender(int index) {
        return (int) Long.remainderUnsigned(mixed(index), topology.people());
    }

    public int room(int index) {
        int[] rooms = topology.roomsOf().get(sender(index));
        return rooms[slot == BY_SHARES ? topology.shares().slot((mixed(~index) >>> 11) / TWO_TO_53) : slot];
    }

    /** Spreads consecutive numbers over all persons (the finalizer of SplitMix64). */
    private long mixed(int index) {
        long z = (index + ((long) tag << 32) + ((long) step << 48)) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** Upper half of the message's id: a UUID of version 7 whose time says nothing. */
    public long idHigh() {
        return 0x0190_0000_0000_0000L | VERSION_7 | step;
    }

    /** Lower half of the message's id. */
    public long idLow(int index) {
        return VARIANT | (long) tag << 48 | index;
    }

    /** The send whose message has this id, or -1 if it is none of this plan. */
    public int index(long idHigh, long idLow) {
        long index = idLow & INDEX_BITS;
        return idHigh == idHigh() && index < count && idLow == idLow((int) index) ? (int) index : -1;
    }

    /** The id of the command: it tells the step too, for answers that come after its end. */
    public long command(int index) {
        return (long) step << 40 | index;
    }

    /** The send of this command, or -1 if it is none of this plan. */
    public int indexOfCommand(long command) {
        long index = command - command(0);
        return index >= 0 && index < count ? (int) index : -1;
    }
}
