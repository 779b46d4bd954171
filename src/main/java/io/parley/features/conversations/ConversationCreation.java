package io.parley.features.conversations;

import io.parley.features.conversations.ConversationActions.NewConversation;
import io.parley.server.persistence.Change;
import io.parley.server.persistence.Database;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes conversations by the function {@code create_conversations}, one of a person or many of an operator. */
final class ConversationCreation implements Change<ConversationCreation.Item, ConversationCreation.Made> {
    private static final String CREATE = """
            SELECT outcome, id, created_at, members::text AS members
              FROM create_conversations($1::text::jsonb)
             ORDER BY ord""";

    /** An operator names people by their ids alone: a conversation belongs to the tenant of its first member. */
    private static final String PROVISION = """
            SELECT outcome, id, created_at, members::text AS members
              FROM create_conversations((
                   SELECT jsonb_agg(item || jsonb_build_object('tenant', u.tenant_id) ORDER BY ord)
                     FROM jsonb_array_elements($1::text::jsonb) WITH ORDINALITY AS i (item, ord)
                     LEFT JOIN users u ON u.id = (item -> 'members' ->> 0)::uuid))
             ORDER BY ord""";

    private final ConversationPublisher publisher;

    ConversationCreation(ConversationPublisher publisher) {
        this.publisher = publisher;
    }

    /**
     * What the function is told of one conversation.
     *
     * @param tenant null: found out
     * @param creator null: an operator
     */
    record Item(
            @Nullable UUID tenant,
            UUID id,
            String type,
            @Nullable String name,
            String visibility,
            String history,
            @Nullable UUID creator,
            List<UUID> members) {
        static Item of(@Nullable UUID tenant, @Nullable UUID creator, UUID id, NewConversation asked) {
            return new Item(
                    tenant,
                    id,
                    asked.type(),
                    asked.name(),
                    Objects.requireNonNullElse(asked.visibility(), "private"),
                    Objects.requireNonNullElse(asked.history(), "all"),
                    creator,
                    asked.members());
        }
    }

    /**
     * What became of it.
     *
     * @param id of the conversation that is there now; null when there is none
     * @param members those who gained it, when it was made now
     */
    record Made(String outcome, @Nullable UUID id, @Nullable Instant createdAt, List<Gainer> members) {
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
                publisher.created(items.get(i), results.get(i));
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

    private static Future<List<Made>> call(Database database, String sql, List<Item> items) {
        return database.query(sql, Tuple.of(Json.text(items))).map(ConversationCreation::results);
    }

    private static List<Made> results(RowSet<Row> rows) {
        return rows.stream().map(ConversationCreation::made).toList();
    }

    private static Made made(Row row) {
        String members = row.getString("members");
        return new Made(
                row.getString("outcome"),
                row.getUUID("id"),
                row.getOffsetDateTime("created_at") == null
                        ? null
                        : row.getOffsetDateTime("created_at").toInstant(),
                members == null ? List.of() : List.of(Json.decode(Buffer.buffer(members), Gainer[].class)));
    }
}
