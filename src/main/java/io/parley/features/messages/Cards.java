package io.parley.features.messages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Gives contact cards of people of the tenant the names that these have. Whoever has blocked the sender, or whom he may not
 * know, is as if he were not there.
 */
final class Cards {
    private static final String PEOPLE = """
            SELECT a.ord::int, u.display_name
              FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) WITH ORDINALITY AS a (tenant_id, sender_id, id, ord)
             CROSS JOIN LATERAL (
                   SELECT u.display_name FROM users u
                    WHERE u.tenant_id = a.tenant_id AND u.id = a.id AND u.status = 'active'
                      AND NOT blocked_between(a.tenant_id, a.id, a.sender_id)
                      AND knows(a.tenant_id, a.sender_id, a.id)) u""";

    private Cards() {}

    /** In the order of the drafts; those without such cards as they are, and without a query if there are none. */
    static Future<List<References.Content>> named(
            Database database, List<AppendMessages.Draft> drafts, List<References.Content> contents) {
        List<Integer> places = IntStream.range(0, drafts.size())
                .filter(i -> person(drafts.get(i)) != null)
                .boxed()
                .toList();
        if (places.isEmpty()) {
            return Future.succeededFuture(contents);
        }
        Tuple parameters = Tuple.tuple()
                .addArrayOfUUID(
                        places.stream().map(i -> drafts.get(i).send().tenant()).toArray(UUID[]::new))
                .addArrayOfUUID(
                        places.stream().map(i -> drafts.get(i).send().sender()).toArray(UUID[]::new))
                .addArrayOfUUID(places.stream().map(i -> person(drafts.get(i))).toArray(UUID[]::new));
        return database.query(PEOPLE, parameters).map(rows -> {
            Map<Integer, String> names = new HashMap<>();
            for (Row row : rows) {
                names.put(places.get(row.getInteger("ord") - 1), row.getString("display_name"));
            }
            List<References.Content> all = new ArrayList<>(contents);
            places.forEach(i -> all.set(i, card(drafts.get(i), contents.get(i), names.get(i))));
            return all;
        });
    }

    private static @Nullable UUID person(AppendMessages.Draft draft) {
        MessageDraft.NewContact contact = draft.send().draft().contact();
        return contact == null ? null : contact.user();
    }

    private static References.Content card(
            AppendMessages.Draft draft, References.Content content, @Nullable String name) {
        if (name == null) {
            return new References.Content(
                    content.type(),
                    Map.of(),
                    AppError.field("message.contact.user", "reference", "is nobody whom you may know"));
        }
        JsonNode card = JsonNodeFactory.instance
                .objectNode()
                .put("user", Objects.requireNonNull(person(draft)).toString())
                .put("name", name);
        return new References.Content(
                content.type(), References.with(content.fields(), MessageView.CONTACT, card), content.refused());
    }
}
