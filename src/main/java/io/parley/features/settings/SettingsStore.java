package io.parley.features.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.features.settings.SettingsActions.Change;
import io.parley.features.settings.SettingsActions.Pin;
import io.parley.server.persistence.Database;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** Writes {@code user_conversations.settings}. */
final class SettingsStore {
    private static final String CHANGE = """
            SELECT outcome, settings::text, changed::text FROM change_settings($1, $2, $3, $4::text::jsonb, $5)""";

    private static final String PIN = """
            SELECT outcome, settings::text, changed::text FROM pin_conversations($1, $2, $3, $4)""";

    private final Database database;
    private final int mostPinned;

    /** @param mostPinned conversations of one person */
    SettingsStore(Database database, int mostPinned) {
        this.database = database;
        this.mostPinned = mostPinned;
    }

    /**
     * What became of a change.
     *
     * @param settings all of the one conversation that it is about; empty where it is about several
     * @param changed what was really changed, in the order of the versions
     */
    record Changed(String outcome, JsonNode settings, List<Item> changed) {}

    record Item(UUID conversation, long userVersion, JsonNode settings) {}

    Future<Changed> change(Change asked, ObjectNode patch) {
        Tuple parameters = Tuple.of(asked.tenant(), asked.user(), asked.conversation(), Json.text(patch), mostPinned);
        return database.query(CHANGE, parameters).map(SettingsStore::changed);
    }

    Future<Changed> pin(Pin asked) {
        Tuple parameters =
                Tuple.of(asked.tenant(), asked.user(), asked.conversations().toArray(UUID[]::new), mostPinned);
        return database.query(PIN, parameters).map(SettingsStore::changed);
    }

    private static Changed changed(RowSet<Row> rows) {
        Row row = rows.iterator().next();
        String settings = row.getString("settings");
        String items = row.getString("changed");
        return new Changed(
                row.getString("outcome"),
                settings == null
                        ? JsonNodeFactory.instance.objectNode()
                        : Json.decode(Buffer.buffer(settings), ObjectNode.class),
                items == null ? List.of() : Arrays.asList(Json.decode(Buffer.buffer(items), Item[].class)));
    }
}
