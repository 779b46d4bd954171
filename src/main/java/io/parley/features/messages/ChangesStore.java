package io.parley.features.messages;

import io.parley.bus.Frame;
import io.parley.features.conversations.ConversationSettings;
import io.parley.features.conversations.MemberView;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.parley.support.Fitting;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads the state of what changed in a conversation after a version, all from one snapshot: messages, memberships and
 * settings carry the version of their last change. What the person has hidden from himself is there as a tombstone.
 * Bounded: what is more is fetched by asking again.
 */
final class ChangesStore {
    private static final int MOST_MESSAGES = 500;

    /** One change may have a thousand members; twice that is always more than one whole change. */
    private static final int MOST_MEMBERS = 2_001;

    /** Whoever is further behind reads the newest page of the history sooner than all that happened since. */
    private static final long TOO_FAR = 10_000;

    /**
     * Where versions are looked up, the root is left out: the planner would take the primary key, which has it too, for
     * the more selective index, and read the whole conversation.
     */
    private static final String SINCE = """
            WITH head AS (
                SELECT k.last_number, k.last_version, c.version,
                       (SELECT r.history <> 'all' FROM conversations r WHERE r.id = k.root_id AND r.root_id = k.root_id)
                           AS since_join,
                       CASE WHEN c.version > $4 THEN conversation_settings(c, k.slow_seconds)::text END AS settings
                  FROM conversation_counters k
                  JOIN conversations c ON c.root_id = k.root_id AND c.id = k.id AND c.status = 'active'
                 WHERE k.id = $1 AND ($3::uuid IS NULL OR EXISTS (SELECT FROM readable_spans($2, $1, $3)))
            ), newest AS (
                SELECT s.* FROM head h CROSS JOIN LATERAL (
                    SELECT s.* FROM messages s
                     WHERE s.conversation_id = $1 AND s.version > $4 AND s.version > 0
                       AND ($3::uuid IS NULL OR EXISTS (
                            SELECT FROM readable_spans($2, $1, $3) v
                             WHERE s.number >= v.first AND s.number < v.past
                               AND s.created_at >= v.since AND s.created_at < v.until))
                     ORDER BY s.version LIMIT $5) s
                 WHERE h.last_version - $4 BETWEEN 1 AND $8
            ), news AS (
                SELECT * FROM (
                    SELECT s.*, count(*) OVER ()::int AS found, row_number() OVER up AS place,
                           sum(coalesce(octet_length(s.content), 0) + coalesce(octet_length(s.state::text), 0)) OVER up AS bytes
                      FROM newest s WINDOW up AS (ORDER BY s.version)) s
                 WHERE s.place = 1 OR s.bytes <= $7
            ), hides AS (
                SELECT EXISTS (SELECT FROM hidden_histories x WHERE x.user_id = $3 AND x.conversation_id = $1) AS something
            ), people AS (
                SELECT m.user_id, m.version, m.from_version, m.active, member_view(m)::text AS view,
                       CASE WHEN $3::uuid IS NULL AND m.active AND m.from_version > $4 THEN
                           (SELECT u.user_version FROM user_conversations u
                             WHERE u.tenant_id = m.tenant_id AND u.user_id = m.user_id
                               AND u.conversation_id = m.conversation_id) END AS user_version
                  FROM head h, members m
                 WHERE m.conversation_id = $1 AND m.version > $4 AND m.version > 0
                 ORDER BY m.version LIMIT $6
            )
            SELECT 'head' AS kind, current_epoch() AS epoch, h.last_number AS number, h.last_version, h.version,
                   NULL::uuid AS conversation_id, NULL::uuid AS id, NULL::uuid AS sender_id, NULL::text AS type,
                   h.settings AS content, NULL::timestamptz AS created_at, NULL::timestamptz AS edited_at,
                   NULL::timestamptz AS deleted_at, NULL::int AS found, true AS active, NULL::bigint AS user_version,
                   NULL::text AS state, NULL::timestamptz AS expires_at, NULL::boolean AS expired, false AS hidden,
                   h.since_join
              FROM head h
            UNION ALL
            SELECT 'message', NULL, s.number, NULL, s.version, s.conversation_id, s.id, s.sender_id, s.type, s.content,
                   s.created_at, s.edited_at, s.deleted_at, s.found, true, NULL, %s,
                   s.expires_at, (s.expires_at <= statement_timestamp() AND s.deleted_at IS NULL) IS TRUE,
                   h.something AND hidden_for($3, s.conversation_id, s.number), NULL
              FROM news s CROSS JOIN hides h
            UNION ALL
            SELECT 'member', NULL, NULL, m.from_version, m.version, NULL, m.user_id, NULL, NULL, m.view, NULL, NULL, NULL, NULL,
                   m.active, m.user_version, NULL, NULL, NULL, false, NULL
              FROM people m""".formatted(MessageRows.stateFor("$3::uuid"));

    private static final String ENDED = """
            SELECT k.last_version, k.last_number
              FROM conversation_counters k
              JOIN conversations c ON c.root_id = k.root_id AND c.id = k.id AND c.status <> 'active'
             WHERE k.id = $1""";

    private final Database database;

    ChangesStore(Database database) {
        this.database = database;
    }

    /**
     * The changes, and what only the hub wants to know.
     *
     * @param joined members whose membership began after the version asked for
     * @param out those who were not members all the time since
     * @param oldest as of {@link Frame}
     */
    record Snapshot(
            MessageActions.Changes changes, long lastNumber, List<Frame.Joining> joined, List<UUID> out, long oldest) {}

    /** Where a conversation has come to. */
    record Head(long version, long lastNumber) {}

    /** As the person may see it. */
    Future<MessageActions.Changes> since(MessageActions.ChangesSince asked) {
        return read(asked.conversation(), asked.tenant(), asked.user(), asked.after())
                .map(Snapshot::changes);
    }

    /** All of it, for the hub, which decides itself who gets it. */
    Future<Snapshot> since(UUID conversation, long after) {
        return read(conversation, null, null, after);
    }

    /** The version with which a conversation has ended; fails with {@code not_found} if it has not, or is gone. */
    Future<Head> end(UUID conversation) {
        return database.query(ENDED, Tuple.of(conversation))
                .map(rows -> rows.stream()
                        .findFirst()
                        .map(row -> new Head(row.getLong("last_version"), row.getLong("last_number")))
                        .orElseThrow(AppError::notFound));
    }

    private Future<Snapshot> read(UUID conversation, @Nullable UUID tenant, @Nullable UUID user, long after) {
        Tuple parameters =
                Tuple.of(conversation, tenant, user, after, MOST_MESSAGES, MOST_MEMBERS, Fitting.MOST_BYTES, TOO_FAR);
        return database.query(SINCE, parameters).map(rows -> snapshot(rows, after));
    }

    private static Snapshot snapshot(RowSet<Row> rows, long after) {
        Row head = null;
        List<MessageView> messages = new ArrayList<>();
        int found = 0;
        List<Row> members = new ArrayList<>();
        for (Row row : rows) {
            switch (row.getString("kind")) {
                case "head" -> head = row;
                case "message" -> {
                    MessageView message = MessageRows.view(row);
                    messages.add(row.getBoolean("hidden") ? message.hidden() : message);
                    found = row.getInteger("found");
                }
                default -> members.add(row);
            }
        }
        if (head == null) {
            throw AppError.notFound();
        }
        long complete = completeMessages(messages, found);
        MessageActions.Changes changes = changes(head, messages, complete, members, after);
        return new Snapshot(
                changes,
                head.getLong("number"),
                joined(members, after, changes.version()),
                members.stream()
                        .filter(member -> begun(member) > after
                                || (!member.getBoolean("active") && member.getLong("version") <= changes.version()))
                        .map(member -> member.getUUID("id"))
                        .toList(),
                head.getBoolean("since_join") && !changes.messages().isEmpty()
                        ? changes.messages().getFirst().number()
                        : 0);
    }

    private static List<Frame.Joining> joined(List<Row> members, long after, long version) {
        return members.stream()
                .filter(member -> member.getBoolean("active") && begun(member) > after && begun(member) <= version)
                // Of whoever asks as a person only the changes matter.
                .filter(member -> member.getLong("user_version") != null)
                .map(member -> new Frame.Joining(member.getUUID("id"), member.getLong("user_version")))
                .toList();
    }

    /** The version at which the present (or last) membership began. */
    private static long begun(Row member) {
        return member.getLong("last_version");
    }

    private static MessageActions.Changes changes(
            Row head, List<MessageView> messages, long complete, List<Row> members, long after) {
        UUID epoch = head.getUUID("epoch");
        long last = head.getLong("last_version");
        if (after > last || last - after > TOO_FAR) {
            // Also then the hub must hear of every membership.
            long version = Math.min(last, completeMembers(members));
            return new MessageActions.Changes(epoch, version, List.of(), List.of(), null, version < last, true);
        }
        long version = Math.min(last, Math.min(complete, completeMembers(members)));
        return new MessageActions.Changes(
                epoch,
                version,
                messages.stream()
                        .filter(message -> message.version() <= version)
                        .sorted(Comparator.comparingLong(MessageView::number))
                        .toList(),
                members.stream()
                        .filter(member -> member.getLong("version") <= version)
                        .map(ChangesStore::member)
                        .toList(),
                head.getLong("version") > after && head.getLong("version") <= version ? settings(head) : null,
                version < last,
                false);
    }

    /**
     * Those that have disappeared together have the same version. They are counted out together when the bytes are too
     * many; the number of rows may have cut them in two.
     *
     * @param messages in no order
     * @param found how many there were before their bytes were counted
     */
    private static long completeMessages(List<MessageView> messages, int found) {
        long last = messages.stream().mapToLong(MessageView::version).max().orElse(Long.MAX_VALUE);
        if (messages.size() < found) {
            return last;
        }
        return found == MOST_MESSAGES ? last - 1 : Long.MAX_VALUE;
    }

    /** Several memberships may have the same version: the last one may have been cut in two. */
    private static long completeMembers(List<Row> members) {
        return members.size() < MOST_MEMBERS
                ? Long.MAX_VALUE
                : members.stream()
                                .mapToLong(member -> member.getLong("version"))
                                .max()
                                .orElseThrow()
                        - 1;
    }

    private static MemberView member(Row row) {
        return Json.decode(Buffer.buffer(row.getString("content")), MemberView.class);
    }

    private static ConversationSettings settings(Row head) {
        return Json.decode(Buffer.buffer(head.getString("content")), ConversationSettings.class);
    }
}
