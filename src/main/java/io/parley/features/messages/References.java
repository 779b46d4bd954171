package io.parley.features.messages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Looks up what messages refer to, by the rights of their senders, and makes it part of their content. Done in the lane,
 * with the batch to which they belong, so that a message that refers to nothing does not overtake one that does. A
 * batch without references costs no query.
 */
final class References {
    private static final String REPLY_TO = "replyTo";
    private static final String FORWARDED = "forwarded";

    private static final String FIND = """
            SELECT a.ord::int, s.id, s.conversation_id, s.number, s.sender_id, s.type, s.created_at,
                   CASE WHEN %s THEN s.content END AS content, s.expires_at IS NOT NULL AS disappearing,
                   (s.state -> 'live')::text AS live,
                   EXISTS (SELECT FROM readable_spans(
                               a.tenant_id, (s.content::jsonb -> 'forwarded' ->> 'conversation')::uuid, a.reader_id))
                       AS origin_readable
              FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[]) WITH ORDINALITY
                   AS a (tenant_id, reader_id, conversation_id, id, ord)
             CROSS JOIN LATERAL (
                   SELECT s.* FROM messages s
                    WHERE s.id = a.id AND s.conversation_id = a.conversation_id
                      AND EXISTS (SELECT FROM readable_spans(a.tenant_id, a.conversation_id, a.reader_id) v
                                   WHERE s.number >= v.first AND s.number < v.past
                                     AND s.created_at >= v.since AND s.created_at < v.until)) s""".formatted(MessageRows.THERE);

    /**
     * What is stored of a draft.
     *
     * @param refused why it cannot be sent, when what it refers to is not there
     */
    record Content(
            String type,
            Map<String, JsonNode> fields,
            @Nullable AppError refused) {}

    private record Wanted(int draft, UUID conversation, UUID message) {}

    private References() {}

    /** In the order of the drafts. */
    static Future<List<Content>> resolve(Database database, List<AppendMessages.Draft> drafts) {
        return referring(database, drafts)
                .compose(contents -> mentioning(database, drafts, contents))
                .compose(contents -> Cards.named(database, drafts, contents));
    }

    private static Future<List<Content>> mentioning(
            Database database, List<AppendMessages.Draft> drafts, List<Content> contents) {
        List<Integer> places = new ArrayList<>();
        List<Mentions.Said> texts = new ArrayList<>();
        for (int i = 0; i < drafts.size(); i++) {
            MessageActions.Send send = drafts.get(i).send();
            String text = send.draft().text();
            Mentions.Said said = new Mentions.Said(
                    send.tenant(),
                    send.sender(),
                    send.conversation(),
                    text == null ? "" : text,
                    send.draft().mentions());
            if (said.mayMention() && send.draft().type().equals(MessageView.TEXT)) {
                places.add(i);
                texts.add(said);
            }
        }
        if (texts.isEmpty()) {
            return Future.succeededFuture(contents);
        }
        return Mentions.of(database, texts).map(mentions -> {
            List<Content> all = new ArrayList<>(contents);
            for (int i = 0; i < places.size(); i++) {
                Content content = all.get(places.get(i));
                Map<String, JsonNode> fields = Mentions.with(content.fields(), mentions.get(i));
                all.set(places.get(i), new Content(content.type(), fields, content.refused()));
            }
            return all;
        });
    }

    private static Future<List<Content>> referring(Database database, List<AppendMessages.Draft> drafts) {
        List<Wanted> wanted = new ArrayList<>();
        for (int i = 0; i < drafts.size(); i++) {
            MessageDraft said = drafts.get(i).send().draft();
            if (said.replyTo() != null) {
                wanted.add(new Wanted(i, drafts.get(i).send().conversation(), said.replyTo()));
            } else if (said.forward() != null) {
                wanted.add(new Wanted(
                        i, said.forward().conversation(), said.forward().message()));
            }
        }
        if (wanted.isEmpty()) {
            return Future.succeededFuture(contents(drafts, Map.of()));
        }
        return database.query(FIND, parameters(drafts, wanted)).map(rows -> {
            Map<Integer, Row> found = new HashMap<>();
            rows.forEach(row -> found.put(wanted.get(row.getInteger("ord") - 1).draft(), row));
            return contents(drafts, found);
        });
    }

    private static Tuple parameters(List<AppendMessages.Draft> drafts, List<Wanted> wanted) {
        return Tuple.tuple()
                .addArrayOfUUID(wanted.stream()
                        .map(one -> drafts.get(one.draft()).send().tenant())
                        .toArray(UUID[]::new))
                .addArrayOfUUID(wanted.stream()
                        .map(one -> drafts.get(one.draft()).send().sender())
                        .toArray(UUID[]::new))
                .addArrayOfUUID(wanted.stream().map(Wanted::conversation).toArray(UUID[]::new))
                .addArrayOfUUID(wanted.stream().map(Wanted::message).toArray(UUID[]::new));
    }

    private static List<Content> contents(List<AppendMessages.Draft> drafts, Map<Integer, Row> found) {
        List<Content> contents = new ArrayList<>(drafts.size());
        for (int i = 0; i < drafts.size(); i++) {
            contents.add(content(drafts.get(i), found.get(i)));
        }
        return contents;
    }

    private static Content content(AppendMessages.Draft draft, @Nullable Row found) {
        MessageDraft said = draft.send().draft();
        if (said.replyTo() != null) {
            return found == null
                    ? refused(draft, "message.replyTo", "is no message of this conversation that you may read")
                    : new Content(said.type(), with(draft.fields(), REPLY_TO, reference(found)), null);
        }
        if (said.forward() != null) {
            return forwarded(draft, found);
        }
        return new Content(said.type(), draft.fields(), null);
    }

    private static Content refused(AppendMessages.Draft draft, String field, String why) {
        return new Content(draft.send().draft().type(), draft.fields(), AppError.field(field, "reference", why));
    }

    static Map<String, JsonNode> with(Map<String, JsonNode> fields, String name, JsonNode value) {
        Map<String, JsonNode> more = new LinkedHashMap<>(fields);
        more.put(name, value);
        return more;
    }

    /** Where it is and whose: not what it says, which may change or be deleted. */
    private static ObjectNode reference(Row row) {
        UUID sender = row.getUUID("sender_id");
        ObjectNode reference = JsonNodeFactory.instance
                .objectNode()
                .put("id", row.getUUID("id").toString())
                .put("number", row.getLong("number"));
        return sender == null ? reference : reference.put("sender", sender.toString());
    }

    /** Of a message that disappears nothing is to be left; not even that there was one. */
    private static ObjectNode origin(Row row) {
        return row.getBoolean("disappearing")
                ? JsonNodeFactory.instance.objectNode()
                : reference(row)
                        .put("conversation", row.getUUID("conversation_id").toString())
                        .put("createdAt", MessageRows.time(row, "created_at"));
    }

    /** The origin of what was forwarded before is kept as far as he who forwards it now can see it. */
    private static Content forwarded(AppendMessages.Draft draft, @Nullable Row found) {
        String content = found == null ? null : found.getString("content");
        if (found == null || content == null || found.getString("type").equals(MessageView.SYSTEM)) {
            return refused(draft, "message.forward", "is no message that you may read and forward");
        }
        Map<String, JsonNode> fields = MessageRows.fields(content);
        fields.remove(REPLY_TO);
        fields.remove("mentions");
        fields.remove(MessageView.CLIENT);
        fields.putAll(draft.fields());
        if (!fields.containsKey(FORWARDED) || !found.getBoolean("origin_readable")) {
            fields.put(FORWARDED, origin(found));
        }
        forget(fields, found.getString("live"));
        return new Content(found.getString("type"), fields, null);
    }

    /** What is forwarded is told live no more, and voted on anew. */
    private static void forget(Map<String, JsonNode> fields, @Nullable String live) {
        if (fields.get(MessageView.LOCATION) instanceof ObjectNode location && location.has("liveUntil")) {
            location.remove("liveUntil");
            if (live != null) {
                Map<String, JsonNode> last = MessageRows.fields(live);
                location.set("latitude", last.get("latitude"));
                location.set("longitude", last.get("longitude"));
                location.remove("address");
            }
        }
        if (fields.get(MessageView.POLL) instanceof ObjectNode poll) {
            poll.remove("closesAt");
        }
    }
}
