package io.parley.support.testing.checker;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One thing that a device did or saw. */
public sealed interface Entry {
    /**
     * The server's {@code ready}.
     *
     * @param resumed a cursor was given, so that {@code heads} lists only what changed since
     * @param userVersion the person's own version; the next personal event carries one more
     * @param complete all heads are there; otherwise {@link Listed} follow
     */
    record Connected(String epoch, boolean resumed, long userVersion, List<Head> heads, boolean complete)
            implements Entry {}

    /** A {@code changed} frame, which goes on with the list of {@link Connected}. */
    record Listed(List<Head> heads, boolean complete) implements Entry {}

    /** Heads told by a {@code pong}; the events themselves may still be on their way. */
    record Ponged(long userVersion, List<Head> heads) implements Entry {}

    /** The connection ended, by whomever; no entry of it follows. */
    record Disconnected(int code) implements Entry {}

    /** One attempt to send; the same message may be sent again until its outcome is known. */
    record Sent(UUID conversation, UUID message, long content) implements Entry {}

    record Acked(UUID conversation, UUID message, long number, long version) implements Entry {}

    /** @param unknown the message may have been stored nevertheless; otherwise it was refused for good */
    record Failed(UUID conversation, UUID message, String code, boolean unknown) implements Entry {}

    /** An event with a version; {@code message} where it is about one. */
    record Received(
            UUID conversation,
            long version,
            String kind,
            @Nullable Copy message) implements Entry {}

    /**
     * The state of all that changed in versions (after, version].
     *
     * @param pushed the server sent it instead of events; otherwise the device asked for it
     * @param reset nothing can be said about the range, the device must read anew
     * @param others versions of what changed besides messages: members, settings
     */
    record Range(
            UUID conversation,
            long after,
            long version,
            boolean reset,
            boolean pushed,
            List<Copy> messages,
            List<Long> others)
            implements Entry {}

    /** A page of history that the device asked for, over REST or the socket. */
    record Paged(UUID conversation, List<Copy> messages) implements Entry {}

    /** The device does not care for messages up to this number and will not ask for them. */
    record Skipped(UUID conversation, long number) implements Entry {}

    /** The server has confirmed that the person's read mark is at least here. */
    record Marked(UUID conversation, long number) implements Entry {}

    /**
     * A change of the person's own: one with {@code version = after + 1}, or the state instead of several.
     *
     * @param conversations that an event concerns
     * @param heads of what changed, or of the one conversation that was gained or lost
     */
    record Personal(long after, long version, String kind, List<UUID> conversations, List<Head> heads)
            implements Entry {
        /** An event. */
        public Personal(long after, long version, String kind, List<UUID> conversations) {
            this(after, version, kind, conversations, List.of());
        }
    }

    /** The device was connected and everything was quiet: from here on it must have everything. */
    record Settled() implements Entry {}
}
