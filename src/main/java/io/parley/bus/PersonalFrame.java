package io.parley.bus;

import io.vertx.core.buffer.Buffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event for all sessions of one person.
 *
 * @param userVersion the person's version that this event is; 0 for what is not numbered because nobody misses it
 * @param closing which of the person's sessions must end
 * @param gained the conversation that it tells of as gained; its own event may have been lost
 * @param readReceipts whether the person's sessions get read receipts from now on; null: as before
 */
public record PersonalFrame(
        UUID user,
        long userVersion,
        Closing closing,
        @Nullable Gained gained,
        @Nullable Boolean readReceipts,
        Buffer bytes) {

    /**
     * @param version of the conversation, with which the person became a member
     * @param fromNumber the first message that came after that
     */
    public record Gained(UUID conversation, long version, long fromNumber) {}

    /** An event after which the person's sessions get read receipts as before. */
    public PersonalFrame(UUID user, long userVersion, Closing closing, @Nullable Gained gained, Buffer bytes) {
        this(user, userVersion, closing, gained, null, bytes);
    }

    /** An event that does not bring the person into a conversation either. */
    public PersonalFrame(UUID user, long userVersion, Closing closing, Buffer bytes) {
        this(user, userVersion, closing, null, null, bytes);
    }

    /** The same, which ends all of the person's sessions or none. */
    public PersonalFrame(UUID user, long userVersion, boolean closing, Buffer bytes) {
        this(user, userVersion, closing ? Closing.ALL : Closing.NONE, bytes);
    }
}
