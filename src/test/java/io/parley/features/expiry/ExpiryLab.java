package io.parley.features.expiry;

import static io.parley.features.PersistenceLab.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.GroupLab;
import io.parley.features.PersistenceLab;
import io.parley.features.RestLab;
import io.parley.features.scheduled.ScheduledFeature;
import io.parley.features.threads.ThreadsFeature;
import io.parley.server.Feature;
import io.parley.support.Config;
import io.parley.support.ConfigLoader;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.parley.support.Metrics;
import io.parley.support.testing.Traces;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Messages that disappear, with all that clings to messages, asked as REST asks it. */
final class ExpiryLab {
    private final PersistenceLab lab;
    private final RestLab rest = new RestLab(
            features(ConfigLoader.load(null, Map.of()), new Metrics()).toArray(Feature[]::new));
    private final ExpirySweep sweep;
    final GroupLab groups;

    ExpiryLab(PersistenceLab lab) {
        this.lab = lab;
        this.groups = new GroupLab(lab);
        this.sweep = new ExpirySweep(lab.bus(), lab.database(), new Metrics());
    }

    static List<Feature> features(Config config, Metrics metrics) {
        List<Feature> features = new ArrayList<>(GroupLab.features(config, metrics));
        features.add(new ThreadsFeature(config));
        features.add(new ScheduledFeature(config));
        features.add(new ExpiryFeature(metrics));
        return features;
    }

    UUID direct(UUID one, UUID other) {
        UUID id = Ids.next();
        String body = "{\"id\": \"%s\", \"type\": \"direct\", \"members\": [\"%s\"]}".formatted(id, other);
        ask(one, "createConversation", Map.of(), body, "Conversation");
        return id;
    }

    /** @param seconds for which the message may be read; null: as long as the conversation says */
    JsonNode say(UUID sender, UUID conversation, String text, @Nullable Integer seconds) {
        return send(
                sender,
                conversation,
                "\"type\": \"text\", \"text\": \"" + text + "\""
                        + (seconds == null ? "" : ", \"disappearAfter\": " + seconds));
    }

    JsonNode send(UUID sender, UUID conversation, String fields) {
        return ask(sender, "sendMessage", GroupLab.in(conversation), "{" + fields + "}", "Message");
    }

    static Map<String, Object> of(UUID conversation, JsonNode message) {
        return Map.of(
                "conversationId", conversation, "messageId", message.get("id").asText());
    }

    JsonNode read(UUID reader, UUID conversation, JsonNode message) {
        return ask(reader, "getMessage", of(conversation, message), "", "Message");
    }

    JsonNode history(UUID reader, UUID conversation) {
        return ask(reader, "listMessages", GroupLab.in(conversation), "", "MessageList")
                .get("items");
    }

    JsonNode changes(UUID reader, UUID conversation, long after) {
        Map<String, Object> parameters = new HashMap<>(GroupLab.in(conversation));
        parameters.put("after", after);
        return ask(reader, "listChanges", parameters, "", "Changes");
    }

    JsonNode ask(UUID user, String operation, Map<String, ?> parameters, String body, String schema) {
        JsonNode answer = rest.checked(schema, rest.call(lab, user, operation, parameters, body));
        return Json.parse(answer.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Of an answer with a body of no interest, or none. */
    JsonNode call(UUID user, String operation, Map<String, ?> parameters, String body) {
        Object answer = rest.call(lab, user, operation, parameters, body).body();
        return Json.mapper().valueToTree(answer);
    }

    ErrorCode refused(UUID user, String operation, Map<String, ?> parameters, String body) {
        return rest.refusal(lab, user, operation, parameters, body).code();
    }

    /** Has the time of all messages of a conversation come that disappear one day. */
    void letTimeCome(UUID conversation) {
        lab.update("UPDATE messages SET expires_at = date_trunc('milliseconds', now()) - interval '1 second'"
                + " WHERE conversation_id = '" + conversation + "' AND expires_at IS NOT NULL AND deleted_at IS NULL");
    }

    void sweep() {
        await(sweep.step());
    }

    long unread(UUID user, UUID conversation) {
        return groups.conversation(user, conversation).get("unread").asLong();
    }

    long mentions(UUID user, UUID conversation) {
        return lab.number("SELECT mentions FROM unread_mentions(?, ?)", conversation, user);
    }

    List<String> traces(String word) {
        try (Connection connection = lab.connect()) {
            return Traces.of(connection, word);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    JsonNode lastEvent(UUID conversation) {
        return lab.content(lab.frames(conversation).getLast());
    }
}
