package io.parley.features.search;

import io.parley.features.messages.MessageRows;
import io.parley.features.messages.MessageView;
import io.parley.features.search.Looking.Aim;
import io.parley.features.search.Looking.Outcome;
import io.parley.features.search.SearchActions.FindMessages;
import io.parley.features.search.SearchActions.FoundMessage;
import io.parley.features.search.SearchActions.FoundMessages;
import io.parley.features.search.SearchActions.Hits;
import io.parley.features.search.SearchActions.Sort;
import io.parley.features.search.SearchStore.Search;
import io.parley.features.search.text.Highlights;
import io.parley.support.Texts;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds messages by the rights of the moment. By time pages follow each other by the place of the last message. By
 * relevance, and one of each conversation, those of the first page and all that follow are taken from the same set: the
 * newest hits of the moment of the first page, a thousand if there are so many.
 */
final class MessageSearch {
    /** Hits that are ranked, and up to which they are counted. */
    static final int CANDIDATES = 1_000;

    /** As of a page of history. */
    private static final int MOST_BYTES = 256 * 1024;

    private final SearchStore store;
    private final LongSupplier nanos;

    /** @param nanos the clock by which a search is ended */
    MessageSearch(SearchStore store, LongSupplier nanos) {
        this.store = store;
        this.nanos = nanos;
    }

    /** @param hits null unless it stands for its conversation */
    private record Listed(Hit hit, double score, @Nullable Integer hits) {
        boolean isAfter(SearchCursor cursor) {
            int byScore = Double.compare(score, cursor.score());
            return byScore < 0 || (byScore == 0 && hit.place().compareTo(cursor.last()) < 0);
        }
    }

    Future<FoundMessages> find(FindMessages asked) {
        long begun = nanos.getAsLong();
        SearchCursor cursor = asked.cursor() == null ? null : SearchCursor.of(asked.cursor());
        boolean ranked = asked.sort() == Sort.RELEVANCE || asked.grouped();
        Search search = new Search(
                asked.tenant(),
                asked.user(),
                SearchRules.sought(asked),
                asked.conversations(),
                asked.after(),
                asked.sort() == Sort.RELEVANCE);
        return new Looking(store, search, aim(asked, ranked, cursor), nanos)
                .from(end(asked, ranked, cursor))
                .compose(outcome -> page(asked, ranked, cursor, outcome, begun));
    }

    private static Aim aim(FindMessages asked, boolean ranked, @Nullable SearchCursor cursor) {
        int needed = asked.limit() + 1;
        if (cursor == null) {
            return new Aim(needed, CANDIDATES, null);
        }
        return ranked
                ? new Aim(Integer.MAX_VALUE, Integer.MAX_VALUE, cursor.depth() == null ? Instant.EPOCH : cursor.depth())
                : new Aim(needed, needed, null);
    }

    private static Place end(FindMessages asked, boolean ranked, @Nullable SearchCursor cursor) {
        Place end = asked.before() == null ? Place.END : Place.before(asked.before());
        if (cursor == null) {
            return end;
        }
        return Place.earlier(end, ranked ? Place.after(cursor.newest()) : cursor.last());
    }

    private Future<FoundMessages> page(
            FindMessages asked, boolean ranked, @Nullable SearchCursor cursor, Outcome outcome, long begun) {
        Instant newest = cursor == null ? outcome.newest() : cursor.newest();
        Hits hits = cursor == null ? new Hits(outcome.hits().size(), outcome.complete()) : cursor.hits();
        List<Hit> candidates = candidates(outcome, cursor, ranked);
        Instant depth = outcome.complete() || candidates.isEmpty()
                ? null
                : candidates.getLast().place().at();
        List<Listed> after = listed(asked, candidates, Place.after(newest)).stream()
                .filter(listed -> !ranked || cursor == null || listed.isAfter(cursor))
                .toList();
        List<Listed> page = after.subList(0, Math.min(asked.limit(), after.size()));
        return store.messages(
                        asked.tenant(),
                        asked.user(),
                        page.stream().map(listed -> listed.hit().place()).toList())
                .map(rows -> {
                    int fitting = fitting(page.size(), rows);
                    Listed last = fitting < after.size() && fitting > 0 ? page.get(fitting - 1) : null;
                    Instant deep = cursor == null ? depth : cursor.depth();
                    return new FoundMessages(
                            items(asked, page, rows, fitting),
                            last == null
                                    ? null
                                    : new SearchCursor(last.hit().place(), last.score(), newest, deep, hits).text(),
                            hits,
                            outcome.partial(),
                            TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - begun));
                });
    }

    private static List<Hit> candidates(Outcome outcome, @Nullable SearchCursor cursor, boolean ranked) {
        List<Hit> hits = outcome.hits();
        if (!ranked || outcome.complete()) {
            return hits;
        }
        if (cursor == null) {
            return hits.subList(0, Math.min(CANDIDATES, hits.size()));
        }
        Instant depth = cursor.depth() == null ? Instant.EPOCH : cursor.depth();
        return hits.stream().filter(hit -> !hit.place().at().isBefore(depth)).toList();
    }

    /** In the order asked for. */
    private static List<Listed> listed(FindMessages asked, List<Hit> hits, Place newest) {
        List<Listed> listed = new ArrayList<>(hits.stream()
                .map(hit -> new Listed(hit, asked.sort() == Sort.RELEVANCE ? hit.score(newest) : 0, null))
                .toList());
        if (asked.sort() == Sort.RELEVANCE) {
            // Stable: those that fit alike stay in the order of time.
            listed.sort((one, other) -> Double.compare(other.score(), one.score()));
        }
        return asked.grouped() ? grouped(listed) : listed;
    }

    private static List<Listed> grouped(List<Listed> listed) {
        Map<UUID, Long> hits = listed.stream()
                .collect(Collectors.groupingBy(one -> one.hit().place().conversation(), Collectors.counting()));
        Set<UUID> seen = new HashSet<>();
        return listed.stream()
                .filter(one -> seen.add(one.hit().place().conversation()))
                .map(one -> new Listed(
                        one.hit(),
                        one.score(),
                        Math.toIntExact(hits.getOrDefault(one.hit().place().conversation(), 0L))))
                .toList();
    }

    /** How many places of the page are shown, so that the answer does not get too long. */
    private static int fitting(int places, List<Row> rows) {
        long bytes = 0;
        for (Row row : rows) {
            bytes += Texts.utf8Length(String.valueOf(row.getString("content")));
            if (bytes > MOST_BYTES && row.getInteger("ord") > 1) {
                return row.getInteger("ord") - 1;
            }
        }
        return places;
    }

    private static List<FoundMessage> items(FindMessages asked, List<Listed> page, List<Row> rows, int fitting) {
        return rows.stream()
                .filter(row -> row.getInteger("ord") <= fitting)
                .map(row -> item(asked, page.get(row.getInteger("ord") - 1), row))
                .toList();
    }

    private static FoundMessage item(FindMessages asked, Listed listed, Row row) {
        MessageView message = MessageRows.view(row);
        String text = message.text();
        return new FoundMessage(
                message,
                text == null ? List.of() : Highlights.in(text, SearchRules.text(asked.q())),
                row.getUUID("root_id").equals(message.conversation()) ? null : row.getUUID("root_id"),
                listed.hits());
    }
}
