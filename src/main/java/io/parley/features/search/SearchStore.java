package io.parley.features.search;

import io.parley.features.messages.MessageRows;
import io.parley.features.search.ScopeQueue.Part;
import io.parley.server.persistence.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads {@code search_documents} and {@code messages} as a person may at that moment. */
final class SearchStore {
    /** Messages of a conversation that are looked through one by one. */
    static final int TAIL = 32;

    private static final Instant BEGINNING = Instant.parse("0001-01-01T00:00:00Z");

    private static final String SCOPES = "SELECT root, newest, block FROM search_scopes($1, $2, $3, $4)";

    private static final String BLOCKS = """
            SELECT ord, lower, conversation, number, created_at, rank, found
              FROM search_blocks($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)""";

    private static final String TAILS = """
            SELECT ord, lower, lower_place, lower_number, conversation, number, created_at, rank
              FROM search_tails($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)""";

    private static final String PAGE =
            "SELECT w.ord::int AS ord, s.root_id, " + MessageRows.COLUMNS + """

              FROM unnest($3::uuid[], $4::bigint[]) WITH ORDINALITY AS w (conversation_id, number, ord)
             CROSS JOIN LATERAL (
                   SELECT s.* FROM messages s
                    WHERE s.conversation_id = w.conversation_id AND s.number = w.number AND\s""" + MessageRows.THERE + """

                      AND EXISTS (SELECT FROM shown_spans($1, w.conversation_id, $2) v
                                   WHERE s.number >= v.first AND s.number < v.past
                                     AND s.created_at >= v.since AND s.created_at < v.until
                                     AND NOT (v.singles AND hidden_for($2, s.conversation_id, s.number)))) s
             ORDER BY w.ord""";

    private final Database database;

    SearchStore(Database database) {
        this.database = database;
    }

    /**
     * Who looks for what.
     *
     * @param conversations empty: all
     * @param since null: from the beginning
     * @param ranked whether it matters how well messages fit
     */
    record Search(
            UUID tenant,
            UUID user,
            Sought sought,
            List<UUID> conversations,
            @Nullable Instant since,
            boolean ranked) {
        private UUID @Nullable [] within() {
            return conversations.isEmpty() ? null : conversations.toArray(UUID[]::new);
        }

        private OffsetDateTime from() {
            return (since == null ? BEGINNING : since).atOffset(ZoneOffset.UTC);
        }

        private @Nullable String rank(String scope) {
            return ranked ? sought.rankQuery(scope) : null;
        }
    }

    /**
     * What came of looking through some parts.
     *
     * @param left of the parts
     */
    record Looked(List<Hit> hits, List<Part> left) {}

    /** The person's conversations, each with all that is before a place. */
    Future<List<Part>> parts(Search search, Place end) {
        OffsetDateTime bound = end.equals(Place.END) ? null : end.at().atOffset(ZoneOffset.UTC);
        return database.query(SCOPES, Tuple.of(search.tenant(), search.user(), search.within(), bound))
                .map(rows -> rows.stream()
                        .map(row -> new Part(row.getUUID("root"), row.getLong("block"), instant(row, "newest"), end))
                        .toList());
    }

    /** Looks through the newest block of each part, by the index. */
    Future<Looked> blocks(Search search, List<Part> parts, int most) {
        Tuple parameters = Tuple.of(search.tenant(), search.user())
                .addArrayOfUUID(roots(parts))
                .addArrayOfLong(parts.stream().map(Part::block).toArray(Long[]::new))
                .addArrayOfString(texts(parts, part -> search.sought().query(scope(part))))
                .addArrayOfString(texts(parts, part -> search.rank(scope(part))));
        return database.query(BLOCKS, ends(parameters, parts, search).addInteger(most))
                .map(rows -> blocks(parts, rows));
    }

    /** Looks through the newest few messages of each part, one by one. */
    Future<Looked> tails(Search search, List<Part> parts) {
        Tuple parameters = Tuple.of(search.tenant(), search.user())
                .addArrayOfUUID(roots(parts))
                .addArrayOfString(texts(parts, part -> either(part, search.sought()::query)))
                .addArrayOfString(
                        texts(parts, part -> search.rank(scope(part)) == null ? null : either(part, search::rank)));
        return database.query(TAILS, ends(parameters, parts, search).addInteger(TAIL))
                .map(rows -> tails(parts, rows));
    }

    /** The messages of these places that may be read, by index in the list. */
    Future<List<Row>> messages(UUID tenant, UUID user, List<Place> places) {
        if (places.isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        Tuple parameters = Tuple.of(tenant, user)
                .addArrayOfUUID(places.stream().map(Place::conversation).toArray(UUID[]::new))
                .addArrayOfLong(places.stream().map(Place::number).toArray(Long[]::new));
        return database.query(PAGE, parameters).map(rows -> rows.stream().toList());
    }

    /** A few messages may stand in two blocks. */
    private static String either(Part part, Function<String, @Nullable String> query) {
        String newest = query.apply(scope(part));
        return part.block() == 0
                ? String.valueOf(newest)
                : "(" + newest + ")|(" + query.apply(Scope.ofBlock(part.root(), part.block() - 1)) + ")";
    }

    private static String scope(Part part) {
        return Scope.ofBlock(part.root(), part.block());
    }

    private static UUID[] roots(List<Part> parts) {
        return parts.stream().map(Part::root).toArray(UUID[]::new);
    }

    private static String[] texts(List<Part> parts, Function<Part, @Nullable String> text) {
        return parts.stream().map(text).toArray(String[]::new);
    }

    private static Tuple ends(Tuple parameters, List<Part> parts, Search search) {
        return parameters
                .addArrayOfOffsetDateTime(parts.stream()
                        .map(part -> part.end().at().atOffset(ZoneOffset.UTC))
                        .toArray(OffsetDateTime[]::new))
                .addArrayOfUUID(
                        parts.stream().map(part -> part.end().conversation()).toArray(UUID[]::new))
                .addArrayOfLong(parts.stream().map(part -> part.end().number()).toArray(Long[]::new))
                .addOffsetDateTime(search.from())
                .addArrayOfUUID(search.within());
    }

    private static Looked blocks(List<Part> parts, RowSet<Row> rows) {
        Found found = new Found(parts);
        for (Row row : rows) {
            int ord = row.getInteger("ord") - 1;
            Part part = parts.get(ord);
            if (part.block() > 0 && row.getValue("lower") != null) {
                found.left.put(ord, part.below(instant(row, "lower")));
            }
            if (row.getValue("conversation") != null) {
                found.add(ord, row);
                found.all[ord] = row.getLong("found");
            }
        }
        found.leaveWhatWasTooMuch();
        return found.looked();
    }

    private static Looked tails(List<Part> parts, RowSet<Row> rows) {
        Found found = new Found(parts);
        for (Row row : rows) {
            int ord = row.getInteger("ord") - 1;
            if (row.getValue("lower") != null) {
                Place last = new Place(instant(row, "lower"), row.getUUID("lower_place"), row.getLong("lower_number"));
                found.left.put(ord, parts.get(ord).before(last));
            }
            if (row.getValue("conversation") != null) {
                found.add(ord, row);
            }
        }
        return found.looked();
    }

    private static Instant instant(Row row, String column) {
        return row.getOffsetDateTime(column).toInstant();
    }

    /** An answer, taken apart: each part comes in as many rows as it has hits, one at least. */
    private static final class Found {
        private final List<Part> parts;
        private final List<Hit> hits = new ArrayList<>();
        private final Map<Integer, Part> left = new HashMap<>();
        private final Map<Integer, Place> oldest = new HashMap<>();
        private final long[] here;
        private final long[] all;

        Found(List<Part> parts) {
            this.parts = parts;
            here = new long[parts.size()];
            all = new long[parts.size()];
        }

        void add(int ord, Row row) {
            Place place = new Place(instant(row, "created_at"), row.getUUID("conversation"), row.getLong("number"));
            oldest.merge(ord, place, Place::earlier);
            hits.add(new Hit(parts.get(ord).root(), place, row.getFloat("rank")));
            here[ord]++;
        }

        /** Of a block with more hits than an answer has, the rest is still to be looked through. */
        void leaveWhatWasTooMuch() {
            for (int ord = 0; ord < here.length; ord++) {
                Place last = oldest.get(ord);
                if (last != null && all[ord] > here[ord]) {
                    left.put(ord, parts.get(ord).before(last));
                }
            }
        }

        Looked looked() {
            return new Looked(hits, List.copyOf(left.values()));
        }
    }
}
