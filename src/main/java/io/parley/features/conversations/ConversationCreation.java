package io.parley.features.conversations;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.conversations.ConversationActions.NewConversation;
import io.parley.server.persistence.Change;
import io.parley.server.persistence.Database;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes conversations by the function {@code open_conversations}, one of a person or many of an operator. */
final class ConversationCreation implements Change<ConversationCreation.Item, ConversationCreation.Made> {
    private static final String CREATE = """
            SELECT outcome, id, members::text AS members, settings::text AS settings
              FROM open_conversations($1::text::jsonb, $2)
             ORDER BY ord""";

    /** An operator names people by their ids alone: a conversation belongs to the tenant of its first member. */
    private static final String PROVISION = """
            SELECT outcome, id, members::text AS members, settings::text AS settings
              FROM open_conversations((
                   SELECT jsonb_agg(item || jsonb_build_object('tenant', u.tenant_id) ORDER BY ord)
                     FROM jsonb_array_elements($1::text::jsonb) WITH ORDINALITY AS i (item, ord)
                     LEFT JOIN users u ON u.id = (item -> 'members' ->> 0)::uuid), $2)
             ORDER BY ord""";

    private final ConversationPublisher publisher;

    private final int mostMembers;

    ConversationCreation(ConversationPublisher publisher, int mostMembers) {
        this.publisher = publisher;
        this.mostMembers = mostMembers;
    }

    /**
     * What the function is told of one conversation.
     *
     * @param tenant null: found out
     * @param creator null: an operator
     * @param perHour how many the creator may make in an hour; null: any number
     */
    record Item(
            @Nullable UUID tenant,
            UUID id,
            String type,
            @Nullable UUID creator,
            List<UUID> members,
            @Nullable UUID template,
            Map<String, JsonNode> settings,
            @Nullable Integer perHour) {
        static Item of(@Nullable UUID tenant, @Nullable UUID creator, UUID id, NewConversation asked, int perHour) {
            return new Item(
                    tenant,
                    id,
                    asked.type(),
                    creator,
                    asked.members(),
                    asked.template(),
                    ConversationRules.settings(asked),
                    perHour == 0 ? null : perHour);
        }
    }

    /**
     * What became of it.
     *
     * @param id of the conversation that is there now; null when there is none
     * @param members those who gained it, when it was made now
     * @param settings with which it was made now
     */
    record Made(
            String outcome,
            @Nullable UUID id,
            List<Gainer> members,
            @Nullable ConversationSettings settings) {
        boolean now() {
            return outcome.equals("created");
        }
    }

    /** Somebody who has gained the conversation. */
    record Gainer(UUID user, String role, long userVersion) {}

    @Override
    public String name() {
        return "conversation.create";
    }

    @Override
    public int maxBatch() {
        return 1;
    }

    @Override
    public Object key(Item item) {
        return item.id();
    }

    @Override
    public Future<List<Made>> apply(Database database, List<Item> batch) {
        return call(database, CREATE, batch);
    }

    @Override
    public void committed(List<Item> items, List<Made> results) {
        for (int i = 0; i < items.size(); i++) {
            if (results.get(i).now()) {
                publisher.created(results.get(i));
            }
        }
    }

    /**
     * Makes all that can be made, in one transaction, and publishes them. Needs no lane: nothing can have been published
     * of what has only come into being.
     */
    Future<List<Made>> provision(Database database, List<Item> items) {
        return call(database, PROVISION, items).onSuccess(results -> committed(items, results));
    }

    private Future<List<Made>> call(Database database, String sql, List<Item> items) {
        return database.query(sql, Tuple.of(Json.text(items), mostMembers)).map(ConversationCreation::results);
    }

    private static List<Made> results(RowSet<Row> rows) {
        return rows.stream().map(ConversationCreation::made).toList();
    }

    private static Made made(Row row) {
        String members = row.getString("members");
        String settings = row.getString("settings");
        return new Made(
                row.getString("outcome"),
                row.getUUID("id"),
                members == null ? List.of() : List.of(Json.decode(Buffer.buffer(members), Gainer[].class)),
                settings == null ? null : Json.decode(Buffer.buffer(settings), ConversationSettings.class));
    }
}
