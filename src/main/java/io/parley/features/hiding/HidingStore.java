package io.parley.features.hiding;

import io.parley.features.hiding.HidingActions.Clear;
import io.parley.features.hiding.HidingActions.Hidden;
import io.parley.features.hiding.HidingActions.HiddenList;
import io.parley.features.hiding.HidingActions.Hide;
import io.parley.features.hiding.HidingActions.ListHidden;
import io.parley.server.persistence.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes and lists {@code hidden_messages} and {@code hidden_histories}. */
final class HidingStore {
    private static final String HIDE =
            "SELECT outcome, user_version, numbers, NULL::bigint AS cleared FROM hide_messages($1, $2, $3, $4, $5)";

    private static final String CLEAR =
            "SELECT outcome, user_version, NULL::bigint[] AS numbers, cleared FROM clear_history($1, $2, $3, $4)";

    /** One call hides a hundred messages at most, so that many rows are enough for so many calls. */
    private static final String LIST = """
            SELECT h.conversation_id, h.user_version, array_agg(h.number ORDER BY h.number) AS numbers, NULL::bigint AS cleared
              FROM (SELECT * FROM hidden_messages h
                     WHERE h.tenant_id = $1 AND h.user_id = $2 AND h.user_version > $3
                     ORDER BY h.user_version LIMIT $4 * 100) h
             GROUP BY h.conversation_id, h.user_version
            UNION ALL
            SELECT x.conversation_id, x.cleared_version, NULL, x.cleared_number FROM hidden_histories x
             WHERE x.tenant_id = $1 AND x.user_id = $2 AND x.cleared_version > $3
             ORDER BY 2 LIMIT $4""";

    private final Database database;
    private final int most;

    /** @param most single messages that one person may hide in one conversation */
    HidingStore(Database database, int most) {
        this.database = database;
        this.most = most;
    }

    /** @param hidden what was really hidden by this; null: nothing */
    record Done(String outcome, @Nullable Hidden hidden) {}

    Future<Done> hide(Hide asked) {
        Tuple parameters = Tuple.of(
                asked.tenant(),
                asked.user(),
                asked.conversation(),
                asked.messages().toArray(UUID[]::new),
                most);
        return database.query(HIDE, parameters).map(rows -> done(asked.conversation(), rows));
    }

    Future<Done> clear(Clear asked) {
        Tuple parameters = Tuple.of(asked.tenant(), asked.user(), asked.conversation(), asked.number());
        return database.query(CLEAR, parameters).map(rows -> done(asked.conversation(), rows));
    }

    private static Done done(UUID conversation, RowSet<Row> rows) {
        Row row = rows.iterator().next();
        String outcome = row.getString("outcome");
        return new Done(outcome, outcome.equals("ok") ? hidden(conversation, row) : null);
    }

    private static Hidden hidden(UUID conversation, Row row) {
        Long[] numbers = row.getArrayOfLongs("numbers");
        return new Hidden(
                conversation,
                row.getLong("user_version"),
                numbers == null ? null : List.of(numbers),
                row.getLong("cleared"));
    }

    Future<HiddenList> list(ListHidden asked) {
        Tuple parameters = Tuple.of(asked.tenant(), asked.user(), asked.after(), asked.limit() + 1);
        return database.query(LIST, parameters).map(rows -> page(rows, asked.limit()));
    }

    private static HiddenList page(RowSet<Row> rows, int limit) {
        List<Hidden> items = rows.stream()
                .limit(limit)
                .map(row -> hidden(row.getUUID("conversation_id"), row))
                .toList();
        return new HiddenList(
                items, rows.size() > limit ? String.valueOf(items.getLast().userVersion()) : null);
    }
}
