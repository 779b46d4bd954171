package io.parley.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.ContractSchemas;
import io.parley.bus.Nothing;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a session says is what the AsyncAPI document promises. */
class RepliesTest {
    private static final ContractSchemas CONTRACT = ContractSchemas.asyncApi();
    private static final String ID = UUID.randomUUID().toString();
    private static final String CURSOR = Cursor.encode(new HubActions.Position(UUID.randomUUID(), 3, 99));
    private static final JsonNode SETTINGS =
            command("{\"pinned\":2,\"mutedUntil\":\"9999-12-31T23:59:59.999Z\",\"notifications\":\"mentions\"}");
    private static final List<Replies.ChangedEntry> CHANGED = List.of(
            Replies.ChangedEntry.of(new HubActions.Head(UUID.randomUUID(), 17, 42, 15, SETTINGS, true, 0)),
            Replies.ChangedEntry.removed(new HubActions.Lost(UUID.randomUUID(), 43)));

    private static JsonNode assertFits(String message, TextFrame frame) {
        JsonNode tree = Json.parse(Wire.text(frame).getBytes(StandardCharsets.UTF_8));
        assertThat(CONTRACT.errors("/components/messages/" + message + "/payload", tree))
                .as(tree.toString())
                .isEmpty();
        return tree;
    }

    private static ObjectNode command(String text) {
        return (ObjectNode) Json.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void ready() {
        assertFits(
                "reply.ready",
                Replies.frame(new Replies.Ready(
                        "ready",
                        "1",
                        ID,
                        ID,
                        1,
                        ID,
                        25_000,
                        new Replies.Limits(65_536, 16_384, 256, 500, 1 << 20),
                        CURSOR,
                        12,
                        CHANGED,
                        true,
                        List.of("contacts"))));
    }

    @Test
    void changed() {
        assertFits("control.changed", Replies.changed(CHANGED, false, CURSOR));
    }

    @Test
    void pong() {
        assertFits("reply.pong", Replies.pong("9", CURSOR, 12, CHANGED));
    }

    @Test
    void aPongOfWhatASessionHasSeenItself() {
        assertFits(
                "reply.pong",
                Replies.pong("9", CURSOR, 12, List.of(new Replies.ChangedEntry(ID, null, 17L, 42L, null, null))));
    }

    @Test
    void ok() {
        assertFits("reply.ok", Replies.ok("5", Nothing.NOTHING));
    }

    @Test
    void goingAway() {
        assertFits("control.goaway", Replies.goAway(1_000));
    }

    @ParameterizedTest
    @EnumSource
    void everyError(ErrorCode code) {
        JsonNode error = assertFits("reply.error", Replies.error("2", AppError.of(code)));

        assertThat(error.at("/error/code").asText()).isEqualTo(code.word());
    }

    @Test
    void errorsOfFieldsAndOfFramesWithoutId() {
        assertFits("reply.error", Replies.error("2", AppError.field("message.text", "length", "must not be blank")));
        assertFits("reply.error", Replies.error("2", AppError.rateLimited(1_200)));
        assertThat(assertFits("reply.error", Replies.error(null, AppError.of(ErrorCode.MALFORMED)))
                        .has("id"))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"id\":1}", "{\"id\":null}", "{\"id\":[\"1\"]}", "{\"id\":\"\"}"})
    void anIdThatTheContractDoesNotKnowIsNotEchoed(String text) {
        assertThat(Replies.idOf(command(text))).isNull();
    }

    @Test
    void anIdHasABound() {
        assertThat(Replies.idOf(command("{\"id\":\"" + "x".repeat(128) + "\"}")))
                .hasSize(128);
        assertThat(Replies.idOf(command("{\"id\":\"" + "x".repeat(129) + "\"}")))
                .isNull();
    }

    @Test
    void anyIdComesBackAsItWas() {
        String id = "\u0000\ud800\"\\😀";

        JsonNode reply = Json.parse(Wire.text(Replies.ok(id, Nothing.NOTHING)).getBytes(StandardCharsets.UTF_8));

        assertThat(reply.get("id").textValue()).isEqualTo(id);
    }
}
