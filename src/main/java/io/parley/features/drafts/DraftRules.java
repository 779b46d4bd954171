package io.parley.features.drafts;

import io.parley.features.drafts.DraftActions.Begun;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Texts;

/** What may be kept as a draft, beyond what the contract's schema says. */
final class DraftRules {
    private final int maxTextBytes;

    /** @param maxTextBytes of a message, in UTF-8 */
    DraftRules(int maxTextBytes) {
        this.maxTextBytes = maxTextBytes;
    }

    /** @throws AppError {@code validation_failed} or {@code too_large} */
    void requireFit(Begun draft) {
        if (draft.text().isEmpty() && draft.replyTo() == null) {
            throw AppError.field("text", "length", "must not be empty; remove the draft instead");
        }
        Texts.requireStorable("text", draft.text());
        if (draft.text().length() > maxTextBytes || Texts.utf8Length(draft.text()) > maxTextBytes) {
            throw AppError.of(ErrorCode.TOO_LARGE, "A draft may have " + maxTextBytes + " bytes of UTF-8");
        }
    }
}
