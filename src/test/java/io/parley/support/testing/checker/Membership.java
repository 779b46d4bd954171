package io.parley.support.testing.checker;

import java.util.List;

/** When somebody was in a conversation: ascending intervals that do not touch. */
public record Membership(List<Interval> intervals) {
    /** Beyond every version and number. */
    public static final long OPEN = Long.MAX_VALUE;

    public static final Membership NEVER = new Membership(List.of());

    /** Half open, in versions and in message numbers; the ends are {@link #OPEN} while he is in. */
    public record Interval(long fromVersion, long toVersion, long fromNumber, long toNumber) {
        boolean contains(long version) {
            return fromVersion <= version && version < toVersion;
        }
    }

    public Membership {
        intervals = List.copyOf(intervals);
    }

    public boolean contains(long version) {
        return intervals.stream().anyMatch(interval -> interval.contains(version));
    }

    /** All versions from {@code first} to {@code last}, both included. */
    public boolean covers(long first, long last) {
        return intervals.stream().anyMatch(interval -> interval.contains(first) && interval.contains(last));
    }

    /** The version that a member is given after this one: the next, or the one that brings him back; else OPEN. */
    public long next(long version) {
        for (Interval interval : intervals) {
            if (version + 1 < interval.toVersion) {
                return Math.max(version + 1, interval.fromVersion);
            }
        }
        return OPEN;
    }

    /** Where the interval ends that contains this version; OPEN when it does not end, or there is none. */
    public long end(long version) {
        return intervals.stream()
                .filter(interval -> interval.contains(version))
                .mapToLong(Interval::toVersion)
                .findFirst()
                .orElse(OPEN);
    }

    public boolean startsAt(long version) {
        return intervals.stream().anyMatch(interval -> interval.fromVersion == version);
    }

    /** Did he come, or come back, later than this version? */
    public boolean joinedAfter(long version) {
        return !intervals.isEmpty() && intervals.getLast().fromVersion > version;
    }

    /** Was he in when the message got this number? */
    public boolean sawMade(long number) {
        return intervals.stream().anyMatch(interval -> interval.fromNumber <= number && number < interval.toNumber);
    }

    public boolean isCurrent() {
        return !intervals.isEmpty() && intervals.getLast().toVersion == OPEN;
    }

    public boolean isNever() {
        return intervals.isEmpty();
    }

    /** The first number of the last interval. */
    public long lastJoinNumber() {
        return intervals.isEmpty() ? OPEN : intervals.getLast().fromNumber;
    }
}
