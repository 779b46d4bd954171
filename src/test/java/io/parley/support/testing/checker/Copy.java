package io.parley.support.testing.checker;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message as somebody saw it.
 *
 * @param version the conversation's version at which it got this state
 * @param sender null for a system message
 * @param content a hash of what it says, see {@link Content}
 */
public record Copy(
        UUID id, long number, long version, @Nullable UUID sender, long content, boolean edited, boolean deleted) {
    /** It is as it was sent. */
    public boolean isOriginal() {
        return !edited && !deleted;
    }

    /** System messages count as nobody's unread. */
    public boolean counts() {
        return sender != null && !deleted;
    }
}
