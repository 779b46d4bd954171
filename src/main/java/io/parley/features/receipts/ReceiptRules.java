package io.parley.features.receipts;

import io.parley.features.receipts.ReceiptActions.Kind;
import io.parley.features.receipts.ReceiptActions.ListReceipts;
import io.parley.features.receipts.ReceiptActions.MarkUpTo;
import io.parley.server.auth.Principal;
import io.parley.support.AppError;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes questions of what clients say, over REST and the WebSocket alike. */
final class ReceiptRules {
    /** The greatest integer that every JSON reader keeps exactly. */
    private static final long GREATEST = (1L << 53) - 1;

    private static final long DEFAULT_LIMIT = 50;
    private static final long GREATEST_LIMIT = 100;

    private ReceiptRules() {}

    /** @throws AppError {@code validation_failed} */
    static MarkUpTo mark(Principal caller, UUID conversation, Kind kind, long number) {
        requireRange("number", number, 0, GREATEST);
        return new MarkUpTo(caller.tenant(), caller.user(), conversation, kind, number);
    }

    /** @throws AppError {@code validation_failed} */
    static ListReceipts list(
            Principal caller, UUID conversation, @Nullable Long number, @Nullable Long limit, @Nullable String cursor) {
        if (number != null) {
            requireRange("number", number, 1, GREATEST);
        }
        long most = limit == null ? DEFAULT_LIMIT : limit;
        requireRange("limit", most, 1, GREATEST_LIMIT);
        return new ListReceipts(caller.tenant(), caller.user(), conversation, number, (int) most, cursor);
    }

    private static void requireRange(String field, long value, long least, long greatest) {
        if (value < least || value > greatest) {
            throw AppError.field(field, "range", "must be " + least + " to " + greatest);
        }
    }
}
