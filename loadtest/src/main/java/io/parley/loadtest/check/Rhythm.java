package io.parley.loadtest.check;

/**
 * When sends are due: at even intervals, and in the last part of each period so many times as often.
 *
 * @param perSecond usually
 * @param burstNanos length of the last part
 * @param times 1: it is always as usual
 */
public record Rhythm(double perSecond, long periodNanos, long burstNanos, double times) {
    private static final double SECOND = 1e9;

    public static Rhythm even(double perSecond) {
        return new Rhythm(perSecond, 60_000_000_000L, 0, 1);
    }

    private double usualSends() {
        return (periodNanos - burstNanos) / SECOND * perSecond;
    }

    private double burstSends() {
        return burstNanos / SECOND * perSecond * times;
    }

    /** When a send is due, in nanoseconds after the begin. */
    public long offset(int index) {
        double each = usualSends() + burstSends();
        double periods = Math.floor(index / each);
        double rest = index - periods * each;
        double seconds = rest <= usualSends()
                ? rest / perSecond
                : usualSends() / perSecond + (rest - usualSends()) / (perSecond * times);
        return (long) (periods * periodNanos + seconds * SECOND);
    }

    /** How many sends are due within so many nanoseconds. */
    public int count(long nanos) {
        long periods = nanos / periodNanos;
        long rest = nanos % periodNanos;
        double usual = Math.min(rest, periodNanos - burstNanos) / SECOND * perSecond;
        double burst = Math.max(0, rest - (periodNanos - burstNanos)) / SECOND * perSecond * times;
        return (int) Math.round(periods * (usualSends() + burstSends()) + usual + burst);
    }
}
