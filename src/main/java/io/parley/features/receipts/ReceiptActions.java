package io.parley.features.receipts;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.bus.Action;
import io.parley.bus.Nothing;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be asked about receipts. */
public final class ReceiptActions {
    /** Moves a mark; answered after its commit. Asked with the conversation as key, so that marks meet and merge. */
    public static final Action<MarkUpTo, Nothing> MARK = Action.of("receipts.mark", MarkUpTo.class, Nothing.class);

    public static final Action<ListReceipts, Receipts> LIST =
            Action.of("receipts.list", ListReceipts.class, Receipts.class);

    /**
     * Somebody has sent a message that counts: whoever had read everything before it has read it, too. Asked with the
     * conversation as key, in the order of the messages; answered at once and done later, or never when there is too
     * much to do.
     */
    public static final Action<Sent, Nothing> SENT = Action.of("receipts.sent", Sent.class, Nothing.class);

    private ReceiptActions() {}

    /** Words of the protocol. */
    public enum Kind {
        READ,
        DELIVERED;

        String word() {
            return this == READ ? "read" : "delivered";
        }
    }

    public record MarkUpTo(UUID tenant, UUID user, UUID conversation, Kind kind, long number) {}

    /**
     * @param number only those who have reached this message, and when; null: everybody's present marks
     * @param cursor the {@code next} of the page before
     */
    public record ListReceipts(
            UUID tenant,
            UUID user,
            UUID conversation,
            @Nullable Long number,
            int limit,
            @Nullable String cursor) {}

    public record Receipts(
            List<Receipt> items,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String next) {}

    /** A member's marks; one that was never set is null. */
    public record Receipt(
            UUID user, @Nullable Mark delivered, @Nullable Mark read) {}

    /** Up to which message, and since when. */
    public record Mark(long number, Instant at) {}

    /** @param counted of the message, the running count of those that count */
    public record Sent(UUID conversation, UUID user, long counted, long number) {}
}
