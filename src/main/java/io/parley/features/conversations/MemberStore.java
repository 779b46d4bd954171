package io.parley.features.conversations;

import io.parley.features.conversations.ConversationActions.ListMembers;
import io.parley.features.conversations.ConversationActions.Members;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.parley.support.NameWords;
import io.parley.support.Texts;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Reads the members of a conversation, and those who have left it, for those who are in it. */
final class MemberStore {
    /** Whom one finds by names, and in larger ones along the words of all people, in smaller ones among the members. */
    private static final int SMALL = 2_000;

    /**
     * One row at least for whoever may see the conversation, so that no row means: not found. The place holds the members of
     * the page, each with his place in the list. What is told of each is looked up one by one: joined, all members of all
     * conversations would be read, because the plan does not know how short a page is.
     */
    private static final String LIST = """
            WITH room AS MATERIALIZED (
                SELECT c.id, c.root_id, c.tenant_id, c.created_by, c.member_count
                  FROM conversations c
                 WHERE c.id = $1 AND EXISTS (SELECT FROM readable_spans($2, $1, $3)))
            SELECT p.place, p.user_id, (member_view(m.one) || jsonb_strip_nulls(jsonb_build_object(
                       'creator', CASE WHEN room.created_by = p.user_id THEN true END,
                       'joinedAt', iso_time((m.one).joined_at),
                       'lastSeenAt', CASE WHEN (m.one).active AND shows_reading($2, p.user_id, $3) THEN (
                            SELECT iso_time(k.read_at) FROM marks k
                             WHERE k.conversation_id = room.id AND k.user_id = p.user_id AND k.root_id = room.root_id) END,
                       'leftAt', CASE WHEN NOT (m.one).active THEN (
                            SELECT iso_time(i.to_at) FROM member_intervals i
                             WHERE i.conversation_id = room.id AND i.user_id = p.user_id
                               AND i.from_version = (m.one).from_version AND i.root_id = room.root_id) END)))::text AS member
              FROM room
              LEFT JOIN LATERAL (
                   %s
                   ) p ON true
              LEFT JOIN LATERAL (
                   SELECT o AS one FROM members o
                    WHERE o.conversation_id = room.id AND o.user_id = p.user_id AND o.root_id = room.root_id LIMIT 1) m ON true
             ORDER BY p.place, p.user_id""";

    private static final String ALL = LIST.formatted("""
            SELECT '' AS place, o.user_id FROM members o
                    WHERE o.conversation_id = room.id AND o.active = $4 AND o.user_id > $6 AND $5::text = ''
                    ORDER BY o.user_id LIMIT $7""");

    /** Each person is at the first of his words that begins so. */
    private static final String FITS = """
            place = (SELECT min(x COLLATE "C") FROM unnest(u.words) x WHERE starts_with(x, $8))
                      AND NOT EXISTS (SELECT FROM unnest($9::text[]) t
                                       WHERE NOT EXISTS (SELECT FROM unnest(u.words) x WHERE starts_with(x, t)))""";

    private static final String AMONG_MEMBERS = LIST.formatted("""
            SELECT w.place, o.user_id
                     FROM members o
                     JOIN users u ON u.tenant_id = room.tenant_id AND u.id = o.user_id
                    CROSS JOIN LATERAL unnest(u.words) AS w (place)
                    WHERE o.conversation_id = room.id AND o.active = $4 AND (w.place COLLATE "C", o.user_id) > ($5, $6)
                      AND w.%s
                    ORDER BY w.place COLLATE "C", o.user_id LIMIT $7""".formatted(FITS));

    /**
     * Along the key of the words, until the page is full. Whether somebody is a member and fits is asked for one word after
     * the other: joined, which table comes first would be a guess, and a wrong one while a hundred thousand new members
     * are not in the statistics yet.
     */
    static final String ALONG_WORDS = LIST.formatted("""
            SELECT w.word AS place, w.user_id
                     FROM user_words w
                    WHERE w.tenant_id = room.tenant_id AND (w.word, w.user_id) > ($5, $6)
                      AND w.word >= $8 AND w.word < $8 || chr(1114111)
                      AND (SELECT o.active FROM members o
                            WHERE o.conversation_id = room.id AND o.user_id = w.user_id AND o.root_id = room.root_id) = $4
                      AND (SELECT %s
                             FROM users u WHERE u.tenant_id = w.tenant_id AND u.id = w.user_id)
                    ORDER BY w.word, w.user_id LIMIT $7""".formatted(FITS.replace("place =", "w.word =")));

    private static final String SIZE = """
            SELECT CASE WHEN $3 THEN (SELECT count(*) FROM (SELECT FROM members o
                                                             WHERE o.conversation_id = c.id AND NOT o.active LIMIT %d) l)
                        ELSE c.member_count END AS size
              FROM conversations c WHERE c.id = $1 AND c.tenant_id = $2""".formatted(SMALL + 1);

    private static final String ONE = """
            SELECT member_view(m)::text AS member FROM members m
             WHERE root_id = $1 AND conversation_id = $1 AND user_id = $2 AND active""";

    /** The version of a system message follows that of what it announces. */
    private static final String ADDED = """
            SELECT member_view(m)::text AS member
              FROM messages s
              JOIN members m ON m.conversation_id = s.conversation_id AND m.version = s.version - 1 AND m.version > 0
                            AND m.active
             WHERE s.root_id = $1 AND s.conversation_id = $1 AND s.id = $2
             ORDER BY m.user_id""";

    private static final UUID BEFORE_ALL = new UUID(0, 0);

    private final Database database;

    MemberStore(Database database) {
        this.database = database;
    }

    /** Where a page ends: the word by which somebody was found, and who. */
    private record Cursor(String place, UUID user) {
        private static final int ID_LENGTH = 36;

        String text() {
            return user + place;
        }

        /** This place, or where the words begin that are looked for: what lies before them is not walked along. */
        Cursor notBefore(String beginning) {
            return place.startsWith(beginning) ? this : new Cursor(beginning, BEFORE_ALL);
        }

        static Cursor of(@Nullable String text) {
            if (text == null) {
                return new Cursor("", BEFORE_ALL);
            }
            int end = Math.min(Texts.requireStorable("cursor", text).length(), ID_LENGTH);
            return new Cursor(text.substring(end), Ids.parse("cursor", text.substring(0, end)));
        }
    }

    Future<Members> list(ListMembers asked) {
        List<String> wanted = asked.q() == null ? List.of() : NameWords.wanted(asked.q());
        Cursor cursor = Cursor.of(asked.cursor());
        Cursor after = wanted.isEmpty() ? cursor : cursor.notBefore(wanted.getFirst());
        Tuple parameters = Tuple.of(
                        asked.conversation(), asked.tenant(), asked.user(), !asked.left(), after.place(), after.user())
                .addInteger(asked.limit() + 1);
        UnaryOperator<String> ofThese = asked.left() ? MemberStore::ofThoseWhoLeft : sql -> sql;
        if (wanted.isEmpty()) {
            return page(ofThese.apply(ALL), parameters, asked.limit());
        }
        parameters.addString(wanted.getFirst()).addArrayOfString(wanted.toArray(String[]::new));
        return database.query(SIZE, Tuple.of(asked.conversation(), asked.tenant(), asked.left()))
                .map(rows -> rows.stream()
                        .findFirst()
                        .map(row -> row.getLong("size"))
                        .orElse(0L))
                .compose(size ->
                        page(size > SMALL ? ALONG_WORDS : ofThese.apply(AMONG_MEMBERS), parameters, asked.limit()));
    }

    /** Said so, and not by the parameter alone, they are found by the index of those who left. */
    private static String ofThoseWhoLeft(String sql) {
        return sql.replace("o.active = $4", "NOT $4 AND NOT o.active");
    }

    private Future<Members> page(String sql, Tuple parameters, int limit) {
        return database.query(sql, parameters).map(rows -> page(rows, limit));
    }

    private static Members page(RowSet<Row> rows, int limit) {
        if (rows.size() == 0) {
            throw AppError.notFound();
        }
        List<Row> found = rows.stream()
                .filter(row -> row.getUUID("user_id") != null)
                .limit(limit)
                .toList();
        List<MemberView> items = found.stream().map(MemberStore::view).toList();
        Row last = rows.size() > limit ? found.getLast() : null;
        return new Members(
                items, last == null ? null : new Cursor(last.getString("place"), last.getUUID("user_id")).text());
    }

    /** A membership that is there, unless it has just ended. */
    Future<MemberView> get(UUID conversation, UUID user) {
        return database.query(ONE, Tuple.of(conversation, user))
                .map(rows -> rows.stream().findFirst().map(MemberStore::view).orElseThrow(AppError::notFound));
    }

    /** Those whose coming a system message announces, as far as nothing has changed with them since. */
    Future<List<MemberView>> announcedBy(UUID conversation, UUID messageId) {
        return database.query(ADDED, Tuple.of(conversation, messageId))
                .map(rows -> rows.stream().map(MemberStore::view).toList());
    }

    private static MemberView view(Row row) {
        return Json.decode(Buffer.buffer(row.getString("member")), MemberView.class);
    }
}
