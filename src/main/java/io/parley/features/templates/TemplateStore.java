package io.parley.features.templates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.features.conversations.ConversationRules;
import io.parley.features.expiry.Lifetimes;
import io.parley.features.templates.TemplateActions.Content;
import io.parley.features.templates.TemplateActions.ListTemplates;
import io.parley.features.templates.TemplateActions.StoreTemplate;
import io.parley.features.templates.TemplateActions.Stored;
import io.parley.features.templates.TemplateActions.Template;
import io.parley.features.templates.TemplateActions.Templates;
import io.parley.server.persistence.Database;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The table {@code templates}. */
final class TemplateStore {
    private static final int MOST = 200;

    private static final String COLUMNS = """
            SELECT id, name, description, type, (settings - 'words')::text AS settings, members, created_by, created_at, updated_at
              FROM templates
            """;

    /** Guests make no groups, and templates name people. */
    private static final String LIST = COLUMNS + "WHERE tenant_id = $1 AND NOT is_guest($1, $2) ORDER BY name, id";

    private static final String GET = COLUMNS + "WHERE id = $1";
    private static final String STORE =
            "SELECT store_template($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8, $9) AS outcome";

    private final Database database;
    private final Lifetimes lifetimes;

    TemplateStore(Database database, Lifetimes lifetimes) {
        this.database = database;
        this.lifetimes = lifetimes;
    }

    Future<Templates> list(ListTemplates asked) {
        return database.query(LIST, Tuple.of(asked.tenant(), asked.user()))
                .map(rows ->
                        new Templates(rows.stream().map(TemplateStore::template).toList()));
    }

    Future<Stored> store(StoreTemplate asked) {
        Tuple parameters = Tuple.of(asked.tenant(), asked.actor(), asked.id(), asked.making());
        Content content = asked.content();
        if (content == null) {
            parameters.addString(null).addString(null).addString(null).addArrayOfUUID(null);
        } else {
            parameters
                    .addString(content.name())
                    .addString(content.description())
                    .addString(settings(content.settings()))
                    .addArrayOfUUID(content.members().toArray(UUID[]::new));
        }
        return database.query(STORE, parameters.addInteger(MOST)).compose(rows -> {
            String outcome = rows.iterator().next().getString("outcome");
            ConversationRules.requireDone(outcome);
            return stored(asked.id(), outcome.equals("ok"));
        });
    }

    private String settings(ObjectNode given) {
        Map<String, JsonNode> settings = new LinkedHashMap<>();
        given.properties().forEach(field -> settings.put(field.getKey(), field.getValue()));
        ConversationRules.requireSettings(settings);
        lifetimes.requireTimer(settings);
        return Json.text(ConversationRules.withWords(settings));
    }

    private Future<Stored> stored(UUID template, boolean now) {
        return database.query(GET, Tuple.of(template))
                .map(rows -> new Stored(
                        rows.stream().findFirst().map(TemplateStore::template).orElse(null), now));
    }

    private static Template template(Row row) {
        return new Template(
                row.getUUID("id"),
                row.getString("name"),
                row.getString("description"),
                row.getString("type"),
                (ObjectNode) Json.parse(row.getString("settings").getBytes(StandardCharsets.UTF_8)),
                List.of(row.getArrayOfUUIDs("members")),
                row.getUUID("created_by"),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getOffsetDateTime("updated_at").toInstant());
    }
}
