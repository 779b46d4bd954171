package io.parley.features.receipts;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.bus.Bus;
import io.parley.features.PersistenceLab;
import io.parley.features.RestLab;
import io.parley.features.conversations.ConversationActions;
import io.parley.features.conversations.ConversationActions.Create;
import io.parley.features.conversations.ConversationActions.NewConversation;
import io.parley.features.conversations.ConversationsFeature;
import io.parley.features.messages.MessageActions;
import io.parley.features.messages.MessagesFeature;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.limits.Limits;
import io.parley.server.session.Caller;
import io.parley.server.session.SessionHost;
import io.parley.server.session.SessionListener;
import io.parley.support.AppError;
import io.parley.support.ConfigLoader;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.parley.support.testing.NoLimits;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BiFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Receipts by REST and by commands: two ways to the same. */
class ReceiptEdgesIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab((config, metrics) -> List.of(
            new ConversationsFeature(config), new MessagesFeature(config, metrics), new ReceiptsFeature(config)));

    private final ReceiptsFeature feature = new ReceiptsFeature(ConfigLoader.load(null, Map.of()));
    private final RestLab rest = new RestLab(feature);
    private final Commands commands = new Commands();
    private final UUID ada = LAB.person();
    private final UUID grace = LAB.person();
    private final UUID id = Ids.next();

    /** What a session would do with commands. */
    private static final class Commands implements SessionHost {
        private final Map<String, BiFunction<Caller, JsonNode, Future<? extends Record>>> handlers = new HashMap<>();

        @Override
        public <I extends Record> void command(
                String type, Class<I> input, BiFunction<Caller, I, ? extends Future<? extends Record>> handler) {
            handlers.put(type, (caller, fields) -> handler.apply(caller, Json.read(fields, input)));
        }

        @Override
        public Limits limits() {
            return NoLimits.limits();
        }

        @Override
        public void listen(SessionListener listener) {}
    }

    private record Session(Principal principal, UUID session, Bus bus) implements Caller {
        @Override
        public boolean isIn(UUID conversation) {
            return true;
        }

        @Override
        public boolean offer(Buffer event) {
            return true;
        }
    }

    @BeforeEach
    void begin() {
        feature.session(commands);
        NewConversation group = new NewConversation(id, "group", "Group", List.of(grace), null, null);
        LAB.ask(ConversationActions.CREATE, id, new Create(TENANT, ada, id, group));
        for (int i = 0; i < 3; i++) {
            LAB.ask(MessageActions.SEND, id, MessageActions.Send.text(TENANT, ada, id, Ids.next(), "Hello"));
        }
    }

    @Test
    void marksByRestAreDoneAndListed() {
        Map<String, UUID> path = Map.of("conversationId", id);

        Answer delivered = rest.call(LAB, grace, "markDelivered", path, "{\"number\":3}");
        Answer read = rest.call(LAB, grace, "markRead", path, "{\"number\":2}");
        Answer list = rest.call(LAB, ada, "listReceipts", Map.of("conversationId", id, "number", 2), "");

        assertThat(delivered).isEqualTo(Answer.noContent());
        assertThat(read).isEqualTo(Answer.noContent());
        JsonNode receipts = rest.checked("ReceiptList", list);
        assertThat(receipts.toString()).contains(grace.toString());
    }

    @Test
    void marksByCommandAreDoneAndListed() {
        JsonNode delivered = command(grace, "delivered", "number", 3);
        JsonNode read = command(grace, "read", "number", 2);
        JsonNode list = command(ada, "receipts", "number", 2);

        assertThat(delivered).isEmpty();
        assertThat(read).isEmpty();
        assertThat(list.toString()).contains(grace.toString());
    }

    @Test
    void numbersOutOfRangeAreRefused() {
        assertThat(refusal("read", "number", -1)).isEqualTo("number");
        assertThat(refusal("delivered", "number", 1L << 53)).isEqualTo("number");
        assertThat(refusal("receipts", "number", 0)).isEqualTo("number");
        assertThat(refusal("receipts", "limit", 101)).isEqualTo("limit");
    }

    private JsonNode command(UUID user, String type, String field, long value) {
        ObjectNode fields = Json.mapper().createObjectNode();
        fields.put("conversation", id.toString()).put(field, value);
        Session session = new Session(new Principal(TENANT, user, Instant.MAX), Ids.next(), LAB.bus());
        Record result = PersistenceLab.await(
                Objects.requireNonNull(commands.handlers.get(type)).apply(session, fields));
        return Json.mapper().valueToTree(result);
    }

    private String refusal(String type, String field, long value) {
        return catchThrowableOfType(AppError.class, () -> command(ada, type, field, value))
                .errors()
                .getFirst()
                .field();
    }
}
