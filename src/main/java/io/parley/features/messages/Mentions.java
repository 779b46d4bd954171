package io.parley.features.messages;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.server.persistence.Database;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes mentions of what is written: of the names of active people whom the sender may know, and of everybody where he may
 * mention all. What is neither stays text. Mentions keep the person's id, so that a renaming changes nothing.
 */
final class Mentions {
    /** A text that is no mention's has none of these rows. */
    private static final String PEOPLE = """
            SELECT a.ord::int, u.id, u.username_folded AS name
              FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[]) WITH ORDINALITY
                   AS a (tenant_id, name, id, sender_id, ord)
             CROSS JOIN LATERAL (
                   SELECT u.id, u.username_folded FROM users u
                    WHERE a.name IS NOT NULL AND u.tenant_id = a.tenant_id AND u.username_folded = a.name
                      AND u.status = 'active'
                    UNION ALL
                   SELECT u.id, u.username_folded FROM users u
                    WHERE a.id IS NOT NULL AND u.tenant_id = a.tenant_id AND u.id = a.id AND u.status = 'active') u
             WHERE knows(a.tenant_id, a.sender_id, u.id)""";

    private static final String MAY_MENTION_ALL = """
            SELECT a.ord::int
              FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS a (conversation_id, sender_id, ord)
              JOIN conversations c ON c.id = a.conversation_id
              JOIN conversations r ON r.id = c.root_id AND r.root_id = c.root_id
              JOIN members m ON m.conversation_id = c.root_id AND m.user_id = a.sender_id AND m.active
             WHERE permits(permissions_of(r.permissions, r.archived_at IS NOT NULL, m.role_id), role_rank(m.role), 'mention_all')""";

    private Mentions() {}

    /**
     * A text of which the mentions are wanted.
     *
     * @param named those that the client names; null: they are found in the text
     */
    record Said(
            UUID tenant,
            UUID sender,
            UUID conversation,
            String text,
            @Nullable List<MessageDraft.NewMention> named) {
        boolean mayMention() {
            return named == null ? text.indexOf('@') >= 0 : !named.isEmpty();
        }
    }

    /** One place in one text. */
    private record Place(
            int said,
            @Nullable String name,
            @Nullable UUID id,
            @Nullable String everybody,
            int offset,
            int length) {}

    /** In the order of the texts; of those without mentions an empty list. */
    static Future<List<List<Mention>>> of(Database database, List<Said> texts) {
        List<Place> places = IntStream.range(0, texts.size())
                .boxed()
                .flatMap(i -> places(i, texts.get(i)).stream())
                .toList();
        if (places.isEmpty()) {
            return Future.succeededFuture(
                    texts.stream().map(said -> List.<Mention>of()).toList());
        }
        return people(database, texts, places)
                .compose(people ->
                        entitled(database, texts, places).map(entitled -> mentions(texts, places, people, entitled)));
    }

    private static List<Place> places(int index, Said said) {
        if (said.named() != null) {
            return said.named().stream()
                    .map(named ->
                            new Place(index, null, named.user(), named.everybody(), named.offset(), named.length()))
                    .toList();
        }
        return MentionRules.written(said.text()).stream()
                .map(word -> new Place(
                        index,
                        word.everybody() == null ? word.folded() : null,
                        null,
                        word.everybody(),
                        word.offset(),
                        word.length()))
                .toList();
    }

    /** By place, those who are meant. */
    private static Future<Map<Integer, UUID>> people(Database database, List<Said> texts, List<Place> places) {
        Tuple parameters = Tuple.tuple()
                .addArrayOfUUID(places.stream()
                        .map(place -> texts.get(place.said()).tenant())
                        .toArray(UUID[]::new))
                .addArrayOfString(places.stream().map(Place::name).toArray(String[]::new))
                .addArrayOfUUID(places.stream().map(Place::id).toArray(UUID[]::new))
                .addArrayOfUUID(places.stream()
                        .map(place -> texts.get(place.said()).sender())
                        .toArray(UUID[]::new));
        return database.query(PEOPLE, parameters).map(rows -> {
            Map<Integer, UUID> people = new HashMap<>();
            rows.forEach(row -> people.put(row.getInteger("ord") - 1, row.getUUID("id")));
            return people;
        });
    }

    /** The texts whose senders may mention everybody. */
    private static Future<Set<Integer>> entitled(Database database, List<Said> texts, List<Place> places) {
        List<Integer> wanted = places.stream()
                .filter(place -> place.everybody() != null)
                .map(Place::said)
                .distinct()
                .toList();
        if (wanted.isEmpty()) {
            return Future.succeededFuture(Set.of());
        }
        Tuple parameters = Tuple.tuple()
                .addArrayOfUUID(
                        wanted.stream().map(i -> texts.get(i).conversation()).toArray(UUID[]::new))
                .addArrayOfUUID(wanted.stream().map(i -> texts.get(i).sender()).toArray(UUID[]::new));
        return database.query(MAY_MENTION_ALL, parameters).map(rows -> entitled(wanted, rows));
    }

    private static Set<Integer> entitled(List<Integer> wanted, RowSet<Row> rows) {
        Set<Integer> entitled = new HashSet<>();
        rows.forEach(row -> entitled.add(wanted.get(row.getInteger("ord") - 1)));
        return entitled;
    }

    private static List<List<Mention>> mentions(
            List<Said> texts, List<Place> places, Map<Integer, UUID> people, Set<Integer> entitled) {
        List<List<Mention>> mentions = new ArrayList<>();
        texts.forEach(said -> mentions.add(new ArrayList<>()));
        for (int i = 0; i < places.size(); i++) {
            Place place = places.get(i);
            UUID user = people.get(i);
            boolean meant = place.everybody() == null ? user != null : entitled.contains(place.said());
            if (meant) {
                String text = texts.get(place.said()).text();
                mentions.get(place.said())
                        .add(new Mention(
                                user,
                                place.everybody(),
                                place.offset(),
                                place.length(),
                                text.substring(place.offset(), place.offset() + place.length())));
            }
        }
        return mentions;
    }

    /** The content with its mentions, if there are any. */
    static Map<String, JsonNode> with(Map<String, JsonNode> fields, List<Mention> mentions) {
        if (mentions.isEmpty()) {
            return fields;
        }
        Map<String, JsonNode> more = new LinkedHashMap<>(fields);
        more.put("mentions", Objects.requireNonNull(Json.mapper().valueToTree(mentions)));
        return more;
    }
}
