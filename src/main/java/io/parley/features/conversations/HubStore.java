package io.parley.features.conversations;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.bus.Closing;
import io.parley.features.conversations.ConversationEvents.HeadEntry;
import io.parley.server.persistence.Database;
import io.parley.server.session.HubActions.AccountHeads;
import io.parley.server.session.HubActions.Followed;
import io.parley.server.session.HubActions.Head;
import io.parley.server.session.HubActions.HeadLists;
import io.parley.server.session.HubActions.Heads;
import io.parley.server.session.HubActions.HeadsOf;
import io.parley.server.session.HubActions.Lost;
import io.parley.server.session.HubActions.MembershipLists;
import io.parley.server.session.HubActions.Memberships;
import io.parley.server.session.HubActions.Person;
import io.parley.server.session.HubActions.PersonalRepair;
import io.parley.server.session.HubActions.PersonalRepaired;
import io.parley.server.session.HubActions.Position;
import io.parley.server.session.HubActions.Rooms;
import io.parley.server.session.HubActions.Stay;
import io.parley.server.session.HubActions.Versions;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Answers what the session host asks about people: one statement, hence one snapshot, for hundreds of them at once.
 * Lists come as arrays, a row for each person, because rows are what costs on the way.
 */
final class HubStore {
    private static final String MEMBERSHIPS = """
            SELECT c.conversations, c.awake
              FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS p (tenant_id, user_id, ord)
             CROSS JOIN LATERAL (
                   SELECT coalesce(array_agg(u.conversation_id), '{}') AS conversations,
                          coalesce(array_agg(u.conversation_id) FILTER (
                              WHERE k.last_number > 0 AND k.last_at > clock_timestamp() - make_interval(mins => $3)), '{}') AS awake
                     FROM user_conversations u
                     LEFT JOIN conversation_counters k ON $3 > 0 AND k.root_id = u.root_id AND k.id = u.conversation_id
                    WHERE u.tenant_id = p.tenant_id AND u.user_id = p.user_id AND u.state = 'member') c
             ORDER BY p.ord""";

    /** The version with which a conversation is lost that was purged: the last one that there can be. */
    private static final long FOR_EVER = (1L << 53) - 1;

    /**
     * A conversation that is deleted, or whose root is, is lost to all, though no row of theirs says so.
     *
     * <p>Whoever comes from another epoch, or from a version or a transaction that there has not been, comes from nowhere.
     */
    private static final String HEADS = """
            WITH now AS MATERIALIZED (
                SELECT current_epoch() AS epoch, journal_fence() AS fence,
                       pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS newest)
            SELECT now.epoch, now.fence, t.holds AS active,
                   coalesce(k.user_version, 0) AS user_version,
                   NOT reads_silently(p.tenant_id, p.user_id) AS read_receipts,
                   h.conversations, h.numbers, h.versions, h.marks, h.settings, h.changed, h.reads_from, h.lost,
                   h.lost_with,
                   ARRAY(SELECT l.list FROM personal_lists l
                          WHERE l.tenant_id = p.tenant_id AND l.user_id = p.user_id AND since.valid
                            AND l.user_version > p.since_version ORDER BY l.list) AS lists
              FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[]) WITH ORDINALITY
                   AS p (tenant_id, user_id, since_epoch, since_version, since_fence, ord)
             CROSS JOIN now
              JOIN token_states($1, $2, $6::uuid[], $7::timestamptz[]) t ON t.ord = p.ord
              LEFT JOIN user_counters k ON k.tenant_id = p.tenant_id AND k.user_id = p.user_id
             CROSS JOIN LATERAL (
                   SELECT p.since_epoch = now.epoch AND p.since_version <= coalesce(k.user_version, 0)
                          AND p.since_fence <= now.newest AS valid) since
             CROSS JOIN LATERAL (
                   SELECT array_agg(u.conversation_id) FILTER (WHERE s.is_in) AS conversations,
                          array_agg(c.last_number) FILTER (WHERE s.is_in) AS numbers,
                          array_agg(c.last_version) FILTER (WHERE s.is_in) AS versions,
                          array_agg(coalesce(m.read_number, 0)) FILTER (WHERE s.is_in) AS marks,
                          array_agg(nullif(u.settings, '{}')::text) FILTER (WHERE s.is_in) AS settings,
                          array_agg(NOT since.valid OR u.user_version > p.since_version
                                    OR c.changed_xid >= p.since_fence::text::xid8) FILTER (WHERE s.is_in) AS changed,
                          array_agg(CASE WHEN coalesce(r.since_join, c.since_join) THEN (
                                         SELECT l.from_number FROM members l
                                          WHERE l.root_id = u.root_id AND l.conversation_id = u.conversation_id
                                            AND l.user_id = u.user_id) END) FILTER (WHERE s.is_in) AS reads_from,
                          array_agg(u.conversation_id) FILTER (WHERE NOT s.is_in) AS lost,
                          array_agg(CASE WHEN u.state = 'member' THEN c.last_version ELSE coalesce((
                                         SELECT l.version FROM members l
                                          WHERE l.root_id = u.root_id AND l.conversation_id = u.conversation_id
                                            AND l.user_id = u.user_id), %1$d) END) FILTER (WHERE NOT s.is_in) AS lost_with
                     FROM user_conversations u
                     LEFT JOIN conversation_counters c ON c.root_id = u.root_id AND c.id = u.conversation_id
                     LEFT JOIN marks m ON m.root_id = u.root_id AND m.conversation_id = u.conversation_id
                                      AND m.user_id = u.user_id
                     LEFT JOIN LATERAL (
                          SELECT t.send_rank, t.since_join, t.changed_xid FROM conversation_counters t
                           WHERE t.root_id = u.root_id AND t.id = u.root_id AND u.root_id <> u.conversation_id
                          OFFSET 0) r ON true
                    CROSS JOIN LATERAL (
                          SELECT u.state = 'member' AND coalesce(r.send_rank, c.send_rank) IS DISTINCT FROM 4 AS is_in) s
                    WHERE u.tenant_id = p.tenant_id AND u.user_id = p.user_id
                      -- Follows from the next, but can be said before anything else is looked up for a row.
                      AND (u.state = 'member' OR since.valid AND u.user_version > p.since_version)
                      AND (s.is_in OR since.valid
                           AND (u.user_version > p.since_version OR u.state = 'member'
                                AND coalesce(r.changed_xid, c.changed_xid) >= p.since_fence::text::xid8))) h
             ORDER BY p.ord""".formatted(FOR_EVER);

    private static final String VERSIONS = """
            SELECT ARRAY(SELECT coalesce(k.last_version, 0)
                           FROM unnest($1::uuid[]) WITH ORDINALITY AS c (id, ord)
                           LEFT JOIN conversation_counters k ON k.id = c.id
                          ORDER BY c.ord) AS conversations,
                   ARRAY(SELECT coalesce(k.user_version, 0)
                           FROM unnest($2::uuid[], $3::uuid[]) WITH ORDINALITY AS p (tenant_id, user_id, ord)
                           LEFT JOIN user_counters k ON k.tenant_id = p.tenant_id AND k.user_id = p.user_id
                          ORDER BY p.ord) AS people""";

    private static final String PERSONAL = """
            SELECT coalesce(a.status = 'active', false) AS active, a.tokens_until,
                   ARRAY(SELECT f.id FROM refresh_families f
                          WHERE f.tenant_id = p.tenant_id AND f.user_id = p.user_id AND f.ended_version > $3) AS ended,
                   NOT reads_silently(p.tenant_id, p.user_id) AS read_receipts,
                   coalesce(k.user_version, 0) AS user_version,
                   h.conversation_id, h.is_in, h.changed_at, h.last_number, h.last_version, h.read_number, h.settings,
                   h.from_version, h.from_number, h.version, l.lists, l.versions
              FROM (VALUES ($1::uuid, $2::uuid)) AS p (tenant_id, user_id)
              LEFT JOIN users a ON a.tenant_id = p.tenant_id AND a.id = p.user_id
              LEFT JOIN user_counters k ON k.tenant_id = p.tenant_id AND k.user_id = p.user_id
              LEFT JOIN LATERAL (
                   SELECT u.conversation_id, u.state = 'member' AND r.send_rank IS DISTINCT FROM 4 AS is_in,
                          u.user_version AS changed_at, c.last_number, c.last_version,
                          coalesce(m.read_number, 0) AS read_number, nullif(u.settings, '{}')::text AS settings,
                          s.from_version, s.from_number,
                          CASE WHEN u.state = 'member' THEN c.last_version ELSE coalesce(s.version, %d) END AS version
                     FROM user_conversations u
                     LEFT JOIN members s ON s.root_id = u.root_id AND s.conversation_id = u.conversation_id
                                        AND s.user_id = u.user_id
                     LEFT JOIN conversation_counters c ON c.root_id = u.root_id AND c.id = u.conversation_id
                     LEFT JOIN conversation_counters r ON r.root_id = u.root_id AND r.id = u.root_id
                     LEFT JOIN marks m ON m.root_id = u.root_id AND m.conversation_id = u.conversation_id
                                      AND m.user_id = u.user_id
                    WHERE u.tenant_id = p.tenant_id AND u.user_id = p.user_id AND u.user_version > $3
                      AND u.user_version > 0
                    ORDER BY u.user_version LIMIT $4) h ON true
             CROSS JOIN LATERAL (
                   SELECT coalesce(array_agg(l.list ORDER BY l.list), '{}') AS lists,
                          coalesce(array_agg(l.user_version ORDER BY l.list), '{}') AS versions
                     FROM personal_lists l
                    WHERE l.tenant_id = p.tenant_id AND l.user_id = p.user_id AND l.user_version > $3) l
             ORDER BY h.changed_at""".formatted(FOR_EVER);

    /** Entries of one frame, as the contract says; the hub asks again for what is more. */
    private static final int ENTRIES_A_FRAME = 500;

    private static final Position NOWHERE = new Position(new UUID(0, 0), 0, 0);

    private final Database database;

    HubStore(Database database) {
        this.database = database;
    }

    Future<MembershipLists> memberships(Memberships asked) {
        return database.query(MEMBERSHIPS, people(asked.people()).addInteger(asked.awakeMinutes()))
                .map(rows -> new MembershipLists(rows.stream()
                        .map(row -> new Rooms(
                                List.of(row.getArrayOfUUIDs("conversations")), List.of(row.getArrayOfUUIDs("awake"))))
                        .toList()));
    }

    private static Tuple people(List<Person> people) {
        return Tuple.tuple()
                .addArrayOfUUID(people.stream().map(Person::tenant).toArray(UUID[]::new))
                .addArrayOfUUID(people.stream().map(Person::user).toArray(UUID[]::new));
    }

    Future<HeadLists> heads(Heads asked) {
        List<Position> since = asked.people().stream()
                .map(person -> person.since() == null ? NOWHERE : person.since())
                .toList();
        Tuple parameters = people(asked.people().stream().map(HeadsOf::person).toList())
                .addArrayOfUUID(since.stream().map(Position::epoch).toArray(UUID[]::new))
                .addArrayOfLong(since.stream().map(Position::userVersion).toArray(Long[]::new))
                .addArrayOfLong(since.stream().map(Position::fence).toArray(Long[]::new))
                .addArrayOfUUID(asked.people().stream()
                        .map(person -> person.origin().login())
                        .toArray(UUID[]::new))
                .addArrayOfOffsetDateTime(asked.people().stream()
                        .map(person -> time(person.origin().issuedAt()))
                        .toArray(OffsetDateTime[]::new));
        return database.query(HEADS, parameters).map(HubStore::headLists);
    }

    private static @Nullable OffsetDateTime time(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    private static HeadLists headLists(RowSet<Row> rows) {
        Row first = rows.iterator().next();
        return new HeadLists(
                first.getUUID("epoch"),
                first.getLong("fence"),
                rows.stream().map(HubStore::account).toList());
    }

    private static AccountHeads account(Row row) {
        return new AccountHeads(
                row.getBoolean("active"),
                row.getLong("user_version"),
                heads(row),
                lost(row),
                List.of(row.getArrayOfStrings("lists")),
                row.getBoolean("read_receipts"));
    }

    private static List<Lost> lost(Row row) {
        UUID[] conversations = row.getArrayOfUUIDs("lost");
        if (conversations == null) {
            return List.of();
        }
        Long[] versions = row.getArrayOfLongs("lost_with");
        return IntStream.range(0, conversations.length)
                .mapToObj(i -> new Lost(conversations[i], versions[i]))
                .toList();
    }

    private static List<Head> heads(Row row) {
        UUID[] conversations = row.getArrayOfUUIDs("conversations");
        if (conversations == null) {
            return List.of();
        }
        Long[] numbers = row.getArrayOfLongs("numbers");
        Long[] versions = row.getArrayOfLongs("versions");
        Long[] marks = row.getArrayOfLongs("marks");
        String[] settings = row.getArrayOfStrings("settings");
        Boolean[] changed = row.getArrayOfBooleans("changed");
        Long[] readsFrom = row.getArrayOfLongs("reads_from");
        List<Head> heads = new ArrayList<>(conversations.length);
        for (int i = 0; i < conversations.length; i++) {
            heads.add(new Head(
                    conversations[i],
                    numbers[i],
                    versions[i],
                    marks[i],
                    settings(settings[i]),
                    changed[i],
                    Objects.requireNonNullElse(readsFrom[i], 0L)));
        }
        return heads;
    }

    /** None as a rule. */
    private static @Nullable JsonNode settings(@Nullable String stored) {
        return stored == null ? null : Json.decode(Buffer.buffer(stored), ObjectNode.class);
    }

    Future<Versions> versions(Followed asked) {
        Tuple parameters = Tuple.tuple()
                .addArrayOfUUID(asked.conversations().toArray(UUID[]::new))
                .addArrayOfUUID(asked.people().stream().map(Person::tenant).toArray(UUID[]::new))
                .addArrayOfUUID(asked.people().stream().map(Person::user).toArray(UUID[]::new));
        return database.query(VERSIONS, parameters).map(rows -> {
            Row row = rows.iterator().next();
            return new Versions(List.of(row.getArrayOfLongs("conversations")), List.of(row.getArrayOfLongs("people")));
        });
    }

    Future<PersonalRepaired> personalRepair(PersonalRepair asked) {
        Tuple parameters = Tuple.of(asked.tenant(), asked.user(), asked.after(), ENTRIES_A_FRAME + 1);
        return database.query(PERSONAL, parameters).map(rows -> personalRepaired(asked.after(), rows));
    }

    private static PersonalRepaired personalRepaired(long after, RowSet<Row> rows) {
        List<HeadEntry> entries = new ArrayList<>();
        List<Stay> stays = new ArrayList<>();
        List<UUID> lost = new ArrayList<>();
        Row person = rows.iterator().next();
        long version = person.getLong("user_version");
        for (Row row : rows) {
            UUID conversation = row.getUUID("conversation_id");
            if (conversation == null) {
                break;
            }
            if (entries.size() == ENTRIES_A_FRAME) {
                version = row.getLong("changed_at") - 1;
                break;
            }
            if (row.getBoolean("is_in")) {
                stays.add(new Stay(
                        conversation,
                        row.getLong("from_version"),
                        row.getLong("last_version"),
                        row.getLong("from_number")));
                entries.add(new HeadEntry(
                        conversation,
                        row.getLong("last_number"),
                        row.getLong("last_version"),
                        row.getLong("read_number"),
                        settings(row.getString("settings")),
                        null));
            } else {
                lost.add(conversation);
                entries.add(HeadEntry.lost(conversation, row.getLong("version")));
            }
        }
        return new PersonalRepaired(
                version,
                closing(person),
                person.getBoolean("read_receipts"),
                ConversationEvents.personal(after, version, entries, lists(person, version)),
                stays,
                lost);
    }

    private static Closing closing(Row person) {
        OffsetDateTime until = person.getOffsetDateTime("tokens_until");
        return person.getBoolean("active")
                ? Closing.of(List.of(person.getArrayOfUUIDs("ended")), until == null ? null : until.toInstant())
                : Closing.ALL;
    }

    /** A list that changed once more after the version up to which this goes is told with the rest. */
    private static List<String> lists(Row person, long version) {
        String[] lists = person.getArrayOfStrings("lists");
        Long[] versions = person.getArrayOfLongs("versions");
        return IntStream.range(0, lists.length)
                .filter(i -> versions[i] <= version)
                .mapToObj(i -> lists[i])
                .toList();
    }
}
