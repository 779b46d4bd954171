package io.parley.bus;

import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Tells conversations in which people are talking from those in which nobody is. Only the former have an address of
 * their own in the cluster, for each address is a write that all nodes keep; what happens in the latter goes to all.
 *
 * <p>Both sides must agree without asking each other. Whoever publishes uses the conversation's own address only after
 * messages have gone to all nodes for a while ({@link #SETTLING_NANOS}), so that everybody had the time to listen
 * there, and only as long as less than {@link #AWAKE_MINUTES} have passed since the last message. Whoever has
 * sessions listens for {@link #LISTEN_MINUTES}, which is longer. When they disagree nevertheless, the journal heals it.
 */
public final class Awake {
    /** Somebody who listens must have heard, or read in the database, of a message not older than this. */
    public static final int LISTEN_MINUTES = 30;

    private static final int AWAKE_MINUTES = 10;
    private static final long AWAKE_NANOS = TimeUnit.MINUTES.toNanos(AWAKE_MINUTES);
    private static final long SETTLING_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** Beyond it conversations are taken for asleep, which costs traffic and nothing else. */
    private static final int MOST = 200_000;

    private final ConcurrentHashMap<UUID, Talk> talks = new ConcurrentHashMap<>();

    /** @param wokeNanos when the first message of this waking time was seen */
    private record Talk(long lastNumber, long wokeNanos, long lastNanos) {}

    /**
     * Notes an event that is about to be published.
     *
     * @return whether everybody listens at the conversation's own address
     */
    boolean published(Frame frame, long now) {
        if (frame.version() == 0) {
            Talk talk = talks.get(frame.conversation());
            return talk != null && settled(talk, now);
        }
        Talk before = talks.get(frame.conversation());
        if (before == null) {
            if (talks.size() < MOST) {
                // Asleep until the next one: this one may be no message.
                talks.put(frame.conversation(), new Talk(frame.lastNumber(), now, now - AWAKE_NANOS - 1));
            }
            return false;
        }
        boolean settled = settled(before, now);
        // Only messages count, because it is their time that the database tells to whoever begins to listen.
        if (frame.lastNumber() > before.lastNumber()) {
            boolean wakes = now - before.lastNanos() > AWAKE_NANOS;
            talks.put(frame.conversation(), new Talk(frame.lastNumber(), wakes ? now : before.wokeNanos(), now));
        }
        return settled;
    }

    private static boolean settled(Talk talk, long now) {
        return now - talk.wokeNanos() > SETTLING_NANOS && now - talk.lastNanos() <= AWAKE_NANOS;
    }

    /** Forgets those that have been asleep for long. */
    void sweep(long now) {
        talks.values().removeIf(talk -> now - talk.lastNanos() > 2 * AWAKE_NANOS);
    }
}
