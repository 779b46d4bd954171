package io.parley.support;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where a page of a list ends that is ordered by a time and, because times are not unique, an id. */
public record TimeCursor(Instant at, UUID id) {
    private static final char SEPARATOR = '_';

    public String text() {
        return at.toEpochMilli() + "" + SEPARATOR + id;
    }

    /** For a comparison in SQL. */
    public OffsetDateTime offsetTime() {
        return at.atOffset(ZoneOffset.UTC);
    }

    /**
     * What a client gave back; null when it gave none.
     *
     * @throws AppError {@code validation_failed}
     */
    public static @Nullable TimeCursor orNull(@Nullable String text) {
        return text == null ? null : of(text);
    }

    private static TimeCursor of(String text) {
        int separator = text.indexOf(SEPARATOR);
        try {
            if (separator > 0) {
                return new TimeCursor(
                        Instant.ofEpochMilli(Long.parseLong(text.substring(0, separator))),
                        Ids.parse("cursor", text.substring(separator + 1)));
            }
        } catch (NumberFormatException notANumber) {
            // the one error below
        }
        throw AppError.field("cursor", "format", "is not a cursor of this list");
    }
}
