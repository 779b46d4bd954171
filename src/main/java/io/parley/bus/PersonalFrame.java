package io.parley.bus;

import io.vertx.core.buffer.Buffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event for all sessions of one person.
 *
 * @param userVersion the person's version that this event is; 0 for what is not numbered because nobody misses it
 * @param closing true when the person's sessions must end (account not active any more)
 * @param gained the conversation that it tells of as gained; its own event may have been lost
 */
public record PersonalFrame(
        UUID user,
        long userVersion,
        boolean closing,
        @Nullable Gained gained,
        Buffer bytes) {

    /** @param version of the conversation, with which the person became a member */
    public record Gained(UUID conversation, long version) {}

    /** An event that does not bring the person into a conversation. */
    public PersonalFrame(UUID user, long userVersion, boolean closing, Buffer bytes) {
        this(user, userVersion, closing, null, bytes);
    }
}
