package io.parley.bus;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event of a conversation on its way to the sockets: the bytes that every receiver gets, built once beside the
 * database, and the few facts that routing needs. Nobody on the way parses the bytes.
 *
 * @param version the conversation's version that this event is; 0 for what is not numbered because nobody misses it
 * @param lastNumber the number of the conversation's last message as of this version
 * @param joining people who are members from this version on (they receive this event)
 * @param leaving people who are members up to, not including, this version (they do not)
 * @param madeAtNanos {@link System#nanoTime} when the change was asked for, for latency figures on that node; 0: unknown
 * @param passing for what a slow socket may go without; null: every socket must have it
 * @param ending nobody is in the conversation after this event, which all who were get as their last
 * @param readReceipt only for sessions of people who share what they read
 * @param oldest the number of the oldest message that it tells of, where not everybody may read it; 0: everybody who is
 *     there may see it
 */
public record Frame(
        UUID conversation,
        long version,
        long lastNumber,
        List<Joining> joining,
        List<UUID> leaving,
        Buffer bytes,
        long madeAtNanos,
        @Nullable Passing passing,
        boolean ending,
        boolean readReceipt,
        long oldest) {

    /**
     * The event is out of date soon and is the first to be dropped.
     *
     * @param about whose sessions do not get it, because it tells of nobody else; null: all get it
     * @param asked only for sessions that have asked for it: whoever listens to the sessions of an event loop knows which
     */
    public record Passing(@Nullable UUID about, boolean asked) {}

    /** An event that everybody who is there may see. */
    public Frame(
            UUID conversation,
            long version,
            long lastNumber,
            List<Joining> joining,
            List<UUID> leaving,
            Buffer bytes,
            long madeAtNanos,
            @Nullable Passing passing,
            boolean ending,
            boolean readReceipt) {
        this(conversation, version, lastNumber, joining, leaving, bytes, madeAtNanos, passing, ending, readReceipt, 0);
    }

    public Frame(
            UUID conversation,
            long version,
            long lastNumber,
            List<Joining> joining,
            List<UUID> leaving,
            Buffer bytes,
            long madeAtNanos) {
        this(conversation, version, lastNumber, joining, leaving, bytes, madeAtNanos, null, false, false);
    }

    /**
     * Somebody who becomes a member.
     *
     * @param userVersion his own version of gaining the conversation: whoever has read his conversations as of a later
     *     one knows better whether he still is in it
     */
    public record Joining(UUID user, long userVersion) {}

    /** An event that changes no membership. */
    public static Frame of(UUID conversation, long version, long lastNumber, Buffer bytes, long madeAtNanos) {
        return new Frame(conversation, version, lastNumber, List.of(), List.of(), bytes, madeAtNanos);
    }

    /** The same event, which tells of messages from this one on that not everybody may read; 0: everybody may. */
    public Frame from(long number) {
        return number == 0
                ? this
                : new Frame(
                        conversation,
                        version,
                        lastNumber,
                        joining,
                        leaving,
                        bytes,
                        madeAtNanos,
                        passing,
                        ending,
                        readReceipt,
                        number);
    }

    /** The event with which a conversation ends. */
    public static Frame ending(UUID conversation, long version, long lastNumber, Buffer bytes) {
        return new Frame(conversation, version, lastNumber, List.of(), List.of(), bytes, 0, null, true, false);
    }

    /** An event without version that slow sockets go without. */
    public static Frame passing(UUID conversation, @Nullable UUID about, Buffer bytes) {
        return new Frame(conversation, 0, 0, List.of(), List.of(), bytes, 0, new Passing(about, false), false, false);
    }

    /** As {@link #passing}, for those only who have asked for it. */
    public static Frame asked(UUID conversation, Buffer bytes) {
        return new Frame(conversation, 0, 0, List.of(), List.of(), bytes, 0, new Passing(null, true), false, false);
    }

    /** An event without version that tells up to where somebody has read. */
    public static Frame readReceipt(UUID conversation, Buffer bytes) {
        return new Frame(conversation, 0, 0, List.of(), List.of(), bytes, 0, null, false, true);
    }
}
