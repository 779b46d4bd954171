package io.parley.features.search;

import io.parley.features.search.SearchActions.Hits;
import io.parley.support.AppError;
import io.parley.support.Ids;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a page of messages ended, and what must be the same for the next one: the messages among which those of the first
 * page were ranked. So what is sent meanwhile moves nothing.
 *
 * @param last message of the page
 * @param score of that message; 0 where they come by time
 * @param newest time of the newest message that could have been found on the first page
 * @param depth time of the oldest message that was ranked; null: all were
 */
record SearchCursor(
        Place last, double score, Instant newest, @Nullable Instant depth, Hits hits) {
    private static final String SEPARATOR = "_";
    private static final int FIELDS = 8;

    String text() {
        return String.join(
                SEPARATOR,
                Long.toString(last.at().toEpochMilli()),
                last.conversation().toString(),
                Long.toString(last.number()),
                Long.toString(Double.doubleToLongBits(score)),
                Long.toString(newest.toEpochMilli()),
                depth == null ? "" : Long.toString(depth.toEpochMilli()),
                Long.toString(hits.count()),
                hits.exact() ? "1" : "0");
    }

    /** @throws AppError {@code validation_failed} */
    static SearchCursor of(String text) {
        String[] fields = text.split(SEPARATOR, -1);
        if (fields.length == FIELDS) {
            try {
                return new SearchCursor(
                        new Place(time(fields[0]), Ids.parse("cursor", fields[1]), Long.parseLong(fields[2])),
                        Double.longBitsToDouble(Long.parseLong(fields[3])),
                        time(fields[4]),
                        fields[5].isEmpty() ? null : time(fields[5]),
                        new Hits(Long.parseLong(fields[6]), fields[7].equals("1")));
            } catch (NumberFormatException | DateTimeException notOurs) {
                // the one error below
            }
        }
        throw AppError.field("cursor", "format", "is not a cursor of this list");
    }

    /** Within what the database takes as a time. */
    private static Instant time(String millis) {
        Instant time = Instant.ofEpochMilli(Long.parseLong(millis));
        if (time.isBefore(Instant.EPOCH) || time.isAfter(Place.END.at())) {
            throw new DateTimeException(millis);
        }
        return time;
    }
}
