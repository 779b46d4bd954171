package io.parley.features.scheduled;

import io.parley.support.AppError;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * When something is due, as a client says it: as an instant, or as the time that a clock of some time zone shows. A time
 * that a clock leaves out in spring is taken as that much later, one that it shows twice in autumn as the first.
 */
record Due(Instant at, @Nullable String timeZone) {
    private static final Duration FARTHEST = Duration.ofDays(366);

    /** Of a client whose clock is a little behind, what is due now. */
    private static final Duration GRACE = Duration.ofMinutes(1);

    /**
     * @throws AppError {@code validation_failed}
     */
    static Due of(@Nullable Instant at, @Nullable String localTime, @Nullable String timeZone, Instant now) {
        ZoneId zone = timeZone == null ? null : zone(timeZone);
        if ((at == null) == (localTime == null)) {
            throw AppError.field("at", "required", "either at or localTime must be given");
        }
        Instant due = at == null ? local(localTime, zone) : at;
        if (due.isBefore(now.minus(GRACE)) || due.isAfter(now.plus(FARTHEST))) {
            throw AppError.field(at == null ? "localTime" : "at", "range", "must lie in the year to come");
        }
        return new Due(due.truncatedTo(ChronoUnit.MILLIS), timeZone);
    }

    private static Instant local(@Nullable String localTime, @Nullable ZoneId zone) {
        if (zone == null) {
            throw AppError.field("timeZone", "required", "is missing");
        }
        try {
            return LocalDateTime.parse(String.valueOf(localTime)).atZone(zone).toInstant();
        } catch (DateTimeParseException bad) {
            throw AppError.field("localTime", "format", "must be of the form 2026-12-01T09:00");
        }
    }

    private static ZoneId zone(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException unknown) {
            throw AppError.field("timeZone", "enum", "is no time zone");
        }
    }
}
