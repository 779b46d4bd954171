package io.parley.features.previews;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.server.outbound.OutboundPolicy;
import io.parley.server.outbound.Unreachable;
import io.parley.server.outbound.WebAddress;
import io.parley.server.persistence.Database;
import io.parley.server.persistence.JournalReader;
import io.parley.support.Json;
import io.parley.support.Metrics;
import io.parley.support.Steps;
import io.parley.support.markdown.Markdown;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Finds the links of messages that are new or have changed, and puts down which previews they wait for: those that they do
 * not show yet, or show no longer. Idempotent: what a message says is read as it is now. What was written long ago gets no new
 * preview, whatever else happens to it (a reaction, a pin), nor when the follower comes back after a long while.
 */
final class LinkFollower {
    /** More in one message are not looked at. */
    private static final int MOST_LINKS = 4;

    /** Messages that may wait at once; beyond them new ones get no preview. */
    private static final int MOST_WAITING = 5_000;

    private static final int VERSIONS_AT_ONCE = 5_000;

    private static final String READ = "SELECT * FROM linked_messages($1, $2, $3)";

    private static final String WISH = "SELECT wish_previews($1::text::jsonb, $2) AS dropped";

    private final Database database;
    private final OutboundPolicy policy;
    private final boolean enabled;
    private final Metrics metrics;

    /** @param enabled false: nothing new is wanted, but what a message links to no longer goes */
    LinkFollower(Database database, OutboundPolicy policy, boolean enabled, Metrics metrics) {
        this.database = database;
        this.policy = policy;
        this.enabled = enabled;
        this.metrics = metrics;
    }

    /** One for {@code wish_previews}. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    private record Wish(
            UUID tenant,
            UUID conversation,
            UUID message,
            long version,
            @Nullable OffsetDateTime editedAt,
            List<String> urls,
            List<String> hosts) {}

    Future<Void> apply(JournalReader.Window window) {
        Iterator<List<JournalReader.Change>> pieces =
                window.pieces(VERSIONS_AT_ONCE).iterator();
        return Steps.repeat(() ->
                pieces.hasNext() ? read(pieces.next()).compose(this::wish).map(true) : Future.succeededFuture(false));
    }

    private Future<RowSet<Row>> read(List<JournalReader.Change> changes) {
        Tuple parameters = Tuple.tuple()
                .addArrayOfUUID(changes.stream().map(JournalReader.Change::id).toArray(UUID[]::new))
                .addArrayOfLong(
                        changes.stream().map(JournalReader.Change::fromVersion).toArray(Long[]::new))
                .addArrayOfLong(
                        changes.stream().map(JournalReader.Change::toVersion).toArray(Long[]::new));
        return database.query(READ, parameters);
    }

    private Future<Void> wish(RowSet<Row> rows) {
        List<Wish> wishes = new ArrayList<>();
        for (Row row : rows) {
            Set<String> shown = Set.copyOf(Arrays.asList(row.getArrayOfStrings("shown")));
            Wish wish = wish(row, shown);
            if (!Set.copyOf(wish.urls()).equals(shown)) {
                wishes.add(wish);
            }
        }
        if (wishes.isEmpty()) {
            return Future.succeededFuture();
        }
        return database.query(WISH, Tuple.of(Json.text(wishes), MOST_WAITING)).map(done -> {
            metrics.previewsDropped(done.iterator().next().getInteger("dropped"));
            return null;
        });
    }

    private Wish wish(Row row, Set<String> shown) {
        boolean more = enabled && row.getBoolean("current");
        int most = row.getBoolean("unwanted") ? 0 : MOST_LINKS;
        List<String> urls = new ArrayList<>();
        List<String> hosts = new ArrayList<>();
        for (String url : Markdown.links(row.getString("said"), most)) {
            String host = more || shown.contains(url) ? host(url) : null;
            if (host != null) {
                urls.add(url);
                hosts.add(host);
            }
        }
        return new Wish(
                row.getUUID("tenant_id"),
                row.getUUID("conversation_id"),
                row.getUUID("id"),
                row.getLong("version"),
                row.getOffsetDateTime("edited_at"),
                urls,
                hosts);
    }

    /** Null where it needs no asking to know that nothing can be fetched there. */
    private @Nullable String host(String url) {
        try {
            WebAddress address = WebAddress.of(url);
            policy.check(address);
            return address.host();
        } catch (Unreachable refused) {
            metrics.previewRefused(refused.reason());
            return null;
        }
    }
}
