package io.parley.features.search;

import io.parley.features.search.SearchActions.FindMessages;
import io.parley.features.search.text.SearchText;
import io.parley.support.AppError;
import io.parley.support.Ids;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be looked for, beyond what the contract says. */
final class SearchRules {
    private static final int MOST_CONVERSATIONS = 50;
    private static final String COMMA = ",";

    private SearchRules() {}

    /**
     * What a message must have.
     *
     * @throws AppError {@code validation_failed} when that could be anything
     */
    static Sought sought(FindMessages asked) {
        Sought sought = new Sought(
                text(asked.q()),
                asked.type(),
                asked.sender(),
                asked.link(),
                asked.inThreads(),
                asked.mentionsMe() ? asked.user() : null);
        if (!sought.isBounded()) {
            throw AppError.field("q", "required", "must have a word that is looked for, or there must be a filter");
        }
        return sought;
    }

    static SearchText text(@Nullable String q) {
        return q == null ? SearchText.NOTHING : SearchText.of(q);
    }

    /** @throws AppError {@code validation_failed} */
    static List<UUID> ids(String field, Optional<String> commaSeparated) {
        List<UUID> ids = commaSeparated
                .map(text -> Arrays.stream(text.split(COMMA, -1))
                        .map(id -> Ids.parse(field, id))
                        .distinct()
                        .toList())
                .orElse(List.of());
        if (ids.size() > MOST_CONVERSATIONS) {
            throw AppError.field(field, "length", "must have " + MOST_CONVERSATIONS + " at most");
        }
        return ids;
    }

    /**
     * A moment, or a day, which begins at midnight UTC.
     *
     * @throws AppError {@code validation_failed}
     */
    static @Nullable Instant time(String field, Optional<String> text) {
        if (text.isEmpty()) {
            return null;
        }
        try {
            Instant time = text.get().length() <= "2026-11-20".length()
                    ? LocalDate.parse(text.get()).atStartOfDay().toInstant(ZoneOffset.UTC)
                    : OffsetDateTime.parse(text.get()).toInstant();
            if (!time.isBefore(Instant.EPOCH) && time.isBefore(Place.END.at())) {
                return time;
            }
        } catch (DateTimeException notATime) {
            // the one error below
        }
        throw AppError.field(field, "format", "must be a day or a time of ISO 8601");
    }
}
