package io.parley.loadtest.probe;

import java.util.Map;
import java.util.TreeMap;

/**
 * How it stood at one moment.
 *
 * @param nanos of {@link System#nanoTime}
 * @param groups by name; those that are not there are unknown
 * @param busyNanos work of all processors of the machine
 * @param told what the servers say of themselves
 */
public record Snapshot(
        long nanos, Map<String, Usage> groups, long busyNanos, double loadAverage, Metrics.Figures told) {
    /** Work by others than the groups, the tester's neighbours; hidden in "busy". */
    public static final String OTHERS = "others";

    public boolean knows(String group) {
        return groups.containsKey(group);
    }

    public long residentKb(String group) {
        return groups.getOrDefault(group, Usage.NONE).residentKb();
    }

    /** CPU time used since an earlier snapshot by each group, and by all others together, in nanoseconds. */
    public Map<String, Long> cpuSince(Snapshot before) {
        Map<String, Long> used = new TreeMap<>();
        long ours = 0;
        for (Map.Entry<String, Usage> group : groups.entrySet()) {
            Usage earlier = before.groups.get(group.getKey());
            // What was not there before may have come with a past that is not of this time.
            long nanos = earlier == null ? 0 : Math.max(0, group.getValue().cpuNanos() - earlier.cpuNanos());
            used.put(group.getKey(), nanos);
            ours += nanos;
        }
        used.put(OTHERS, Math.max(0, busyNanos - before.busyNanos - ours));
        return used;
    }
}
