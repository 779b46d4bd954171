package io.parley.features.expiry;

import io.parley.bus.Action;
import java.util.List;
import java.util.UUID;

/** What the sweep asks of those who change conversations. */
final class ExpiryActions {
    /** Makes tombstones of messages whose time has come. Asked with the conversation as key. */
    static final Action<Due, Expired> EXPIRE = Action.of("expiry.expire", Due.class, Expired.class);

    private ExpiryActions() {}

    /** @param numbers of messages, at most {@link ExpireMessages#MOST} */
    record Due(UUID tenant, UUID conversation, List<Long> numbers) {}

    /** @param count how many there are tombstones of now; the others were none, or are found again */
    record Expired(int count) {}
}
