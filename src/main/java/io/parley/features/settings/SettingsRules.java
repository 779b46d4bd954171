package io.parley.features.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Json;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/** What may be set, beyond what the contract's schema says, and how it is stored. */
final class SettingsRules {
    private static final String ARCHIVED = "archived";
    private static final String PINNED = "pinned";
    private static final String MUTED_UNTIL = "mutedUntil";
    private static final String MARKED_UNREAD = "markedUnread";

    /** Beyond it no database and no client has times. */
    private static final Instant FOR_EVER = Instant.parse("9999-12-31T23:59:59.999Z");

    private SettingsRules() {}

    /**
     * A change as the database takes it: new values, and null for the default.
     *
     * @throws AppError {@code validation_failed}
     */
    static ObjectNode patch(JsonNode asked, Instant now) {
        if (asked.path(ARCHIVED).booleanValue() && asked.path(PINNED).booleanValue()) {
            throw AppError.field(ARCHIVED, "format", "what is pinned is not in the archive");
        }
        ObjectNode patch = asked.deepCopy();
        if (asked.has(MUTED_UNTIL)) {
            patch.set(MUTED_UNTIL, until(asked.get(MUTED_UNTIL), now));
        }
        if (asked.path(MARKED_UNREAD).equals(BooleanNode.FALSE)) {
            patch.putNull(MARKED_UNREAD);
        }
        return patch;
    }

    private static JsonNode until(JsonNode asked, Instant now) {
        if (asked.isNull()) {
            return asked;
        }
        try {
            Instant until = OffsetDateTime.parse(asked.textValue()).toInstant();
            if (until.isAfter(FOR_EVER)) {
                throw AppError.field(MUTED_UNTIL, "range", "is after the year 9999");
            }
            return until.isAfter(now)
                    ? TextNode.valueOf(Json.mapper().convertValue(until, String.class))
                    : NullNode.instance;
        } catch (DateTimeParseException noTime) {
            throw AppError.field(MUTED_UNTIL, "format", "is not a time");
        }
    }

    /**
     * Returns where what was asked for is so now.
     *
     * @throws AppError why it is not
     */
    static void requireDone(String outcome, int mostPinned) {
        switch (outcome) {
            case "ok", "unchanged" -> {}
            case "not_found" -> throw AppError.notFound();
            case "too_many" ->
                throw AppError.of(ErrorCode.CONFLICT, "At most " + mostPinned + " conversations may be pinned");
            default -> throw new IllegalStateException("unknown outcome " + outcome);
        }
    }
}
