package io.parley.abuse;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.testing.client.RawSocket;
import io.parley.support.testing.node.RunningNode;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that are no commands, and commands that are wrong in every field. */
@ExtendWith(RunningNode.class)
class CommandAbuseIT {
    private static final int BAD_FRAMES = 4400;
    private static final String ID = "019aa1f2-0a10-7d6e-8f86-5c9d3f4a7b04";

    private final Intruder intruder;

    CommandAbuseIT(RunningNode.Site site) {
        this.intruder = new Intruder(site);
    }

    @AfterEach
    void theNodeIsWell() {
        intruder.requireHealth();
        intruder.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "}",
                "null",
                "1",
                "\"hello\"",
                "[]",
                "[{\"type\":\"ping\",\"id\":\"x\"}]",
                "{\"type\":\"ping\",\"id\":\"x\"} {\"type\":\"ping\",\"id\":\"y\"}",
                "{\"type\":\"ping\",\"id\":\"x\",\"id\":\"y\"}",
                "{\"type\":\"ping\",\"id\":NaN}",
                "{\"type\":\"ping\",\"id\":1e999999}",
                "{'type':'ping'}",
                "{\"type\":\"ping\",\"id\":\"\\ud800",
                "\uFEFF{",
            })
    void whatIsNoJsonObjectGetsOneErrorAndTheSessionGoesOn(String text) {
        RawSocket socket = intruder.signedIn();

        await(socket.sendText(text));
        await(socket.sendText("{\"type\":\"ping\",\"id\":\"after\"}"));

        assertThat(Intruder.reply(socket, "after").path("type").asText()).isEqualTo("pong");
        assertThat(socket.texts().stream().filter(frame -> frame.contains("\"error\"")))
                .hasSize(1);
        assertThat(errorCode(socket)).isIn("malformed", "validation_failed");
    }

    @Test
    void deepAndWideDocumentsAreRefused() {
        RawSocket socket = intruder.signedIn();
        StringBuilder wide = new StringBuilder("{\"type\":\"ping\",\"id\":\"x\"");
        for (int i = 0; i < 4_000; i++) {
            wide.append(",\"k").append(i).append("\":1");
        }

        await(socket.sendText("[".repeat(30_000)));
        await(socket.sendText("{\"a\":".repeat(10_000)));
        await(socket.sendText(wide.append('}').toString()));
        await(socket.sendText("{\"type\":\"ping\",\"id\":\"x\",\"n\":" + "9".repeat(60_000) + "}"));
        await(socket.sendText("{\"type\":\"ping\",\"id\":\"after\"}"));

        assertThat(Intruder.reply(socket, "after").path("type").asText()).isEqualTo("pong");
        assertThat(socket.texts().stream().filter(frame -> frame.contains("\"error\"")))
                .hasSize(4);
    }

    @Test
    void whoSendsNothingButRubbishIsClosed() {
        RawSocket socket = intruder.signedIn();

        for (int i = 0; i < 1_000 && !socket.isClosed(); i++) {
            var unused = await(socket.sendText("rubbish " + i).otherwiseEmpty());
        }

        assertThat(Intruder.closeCode(socket)).isEqualTo(BAD_FRAMES);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                // what is wrong | the command without its braces | the error
                "no type | \"x\":1 | validation_failed",
                "type null | \"type\":null | validation_failed",
                "type a number | \"type\":7 | validation_failed",
                "unknown type | \"type\":\"drop.table\" | unknown_command",
                "type of no end | \"type\":\"$long\" | unknown_command",
                "an unknown field | \"type\":\"ping\",\"x\":1 | validation_failed",
                "hello again | \"type\":\"hello\",\"token\":\"x\" | *",
                "send: nothing | \"type\":\"message.send\" | validation_failed",
                "send: no message | \"type\":\"message.send\",\"conversation\":\"$own\" | validation_failed",
                "send: message null | \"type\":\"message.send\",\"conversation\":\"$own\",\"message\":null | validation_failed",
                "send: message a text | \"type\":\"message.send\",\"conversation\":\"$own\",\"message\":\"hi\" | validation_failed",
                "send: id no uuid | \"type\":\"message.send\",\"conversation\":\"$own\",\"message\":{\"id\":\"1\",\"type\":\"text\",\"text\":\"x\"} | validation_failed",
                "send: id short form | \"type\":\"message.send\",\"conversation\":\"$own\",\"message\":{\"id\":\"1-1-1-1-1\",\"type\":\"text\",\"text\":\"x\"} | validation_failed",
                "send: id in braces | \"type\":\"message.send\",\"conversation\":\"$own\",\"message\":{\"id\":\"{$id}\",\"type\":\"text\",\"text\":\"x\"} | validation_failed",
                "send: conversation no uuid | \"type\":\"message.send\",\"conversation\":\"'; DROP TABLE messages;--\",\"message\":{\"id\":\"$id\",\"type\":\"text\",\"text\":\"x\"} | validation_failed",
                "send: conversation a number | \"type\":\"message.send\",\"conversation\":17,\"message\":{\"id\":\"$id\",\"type\":\"text\",\"text\":\"x\"} | validation_failed",
                "send: no text | \"type\":\"message.send\",\"conversation\":\"$own\",\"message\":{\"id\":\"$id\",\"type\":\"text\"} | validation_failed",
                "send: empty text | \"type\":\"message.send\",\"conversation\":\"$own\",\"message\":{\"id\":\"$id\",\"type\":\"text\",\"text\":\"\"} | validation_failed",
                "send: text a number | \"type\":\"message.send\",\"conversation\":\"$own\",\"message\":{\"id\":\"$id\",\"type\":\"text\",\"text\":5} | validation_failed",
                "send: text an array | \"type\":\"message.send\",\"conversation\":\"$own\",\"message\":{\"id\":\"$id\",\"type\":\"text\",\"text\":[\"x\"]} | validation_failed",
                "send: NUL | \"type\":\"message.send\",\"conversation\":\"$own\",\"message\":{\"id\":\"$id\",\"type\":\"text\",\"text\":\"a\\u0000b\"} | validation_failed",
                "send: high surrogate alone | \"type\":\"message.send\",\"conversation\":\"$own\",\"message\":{\"id\":\"$id\",\"type\":\"text\",\"text\":\"a\\ud83d\"} | validation_failed",
                "send: low surrogate alone | \"type\":\"message.send\",\"conversation\":\"$own\",\"message\":{\"id\":\"$id\",\"type\":\"text\",\"text\":\"\\udc4b!\"} | validation_failed",
                "send: surrogates reversed | \"type\":\"message.send\",\"conversation\":\"$own\",\"message\":{\"id\":\"$id\",\"type\":\"text\",\"text\":\"\\udc4b\\ud83d\"} | validation_failed",
                "send: system type | \"type\":\"message.send\",\"conversation\":\"$own\",\"message\":{\"id\":\"$id\",\"type\":\"system\",\"text\":\"x\"} | validation_failed",
                "send: forged sender | \"type\":\"message.send\",\"conversation\":\"$own\",\"message\":{\"id\":\"$id\",\"type\":\"text\",\"text\":\"x\",\"sender\":\"$id\"} | validation_failed",
                "send: forged number | \"type\":\"message.send\",\"conversation\":\"$own\",\"message\":{\"id\":\"$id\",\"type\":\"text\",\"text\":\"x\",\"number\":1} | validation_failed",
                "send: too long | \"type\":\"message.send\",\"conversation\":\"$own\",\"message\":{\"id\":\"$id\",\"type\":\"text\",\"text\":\"$16385\"} | too_large",
                "send: elsewhere | \"type\":\"message.send\",\"conversation\":\"$victims\",\"message\":{\"id\":\"$id\",\"type\":\"text\",\"text\":\"x\"} | not_found",
                "send: nowhere | \"type\":\"message.send\",\"conversation\":\"$id\",\"message\":{\"id\":\"$id\",\"type\":\"text\",\"text\":\"x\"} | not_found",
                "changes: negative | \"type\":\"changes\",\"conversation\":\"$own\",\"after\":-1 | validation_failed",
                "changes: fraction | \"type\":\"changes\",\"conversation\":\"$own\",\"after\":1.5 | validation_failed",
                "changes: text | \"type\":\"changes\",\"conversation\":\"$own\",\"after\":\"1\" | validation_failed",
                "changes: beyond 2^53 | \"type\":\"changes\",\"conversation\":\"$own\",\"after\":9007199254740993 | *",
                "changes: beyond 2^64 | \"type\":\"changes\",\"conversation\":\"$own\",\"after\":99999999999999999999 | validation_failed",
                "changes: elsewhere | \"type\":\"changes\",\"conversation\":\"$victims\",\"after\":0 | not_found",
                "history: elsewhere | \"type\":\"history\",\"conversation\":\"$victims\" | not_found",
                "history: limit 0 | \"type\":\"history\",\"conversation\":\"$own\",\"limit\":0 | validation_failed",
                "history: limit -1 | \"type\":\"history\",\"conversation\":\"$own\",\"limit\":-1 | validation_failed",
                "history: limit 101 | \"type\":\"history\",\"conversation\":\"$own\",\"limit\":101 | validation_failed",
                "history: limit 2^31 | \"type\":\"history\",\"conversation\":\"$own\",\"limit\":2147483648 | validation_failed",
                "history: two directions | \"type\":\"history\",\"conversation\":\"$own\",\"before\":1,\"after\":1 | validation_failed",
                "read: elsewhere | \"type\":\"read\",\"conversation\":\"$victims\",\"number\":1 | not_found",
                "read: negative | \"type\":\"read\",\"conversation\":\"$own\",\"number\":-1 | validation_failed",
                "read: true | \"type\":\"read\",\"conversation\":\"$own\",\"number\":true | validation_failed",
                "delivered: elsewhere | \"type\":\"delivered\",\"conversation\":\"$victims\",\"number\":1 | not_found",
                "receipts: elsewhere | \"type\":\"receipts\",\"conversation\":\"$victims\" | not_found",
                "receipts: made-up cursor | \"type\":\"receipts\",\"conversation\":\"$own\",\"cursor\":\"' OR 1=1\" | *",
                "typing: elsewhere | \"type\":\"typing\",\"conversation\":\"$victims\",\"active\":true | not_found",
                "typing: nowhere | \"type\":\"typing\",\"conversation\":\"$id\",\"active\":true | not_found",
                "typing: active a text | \"type\":\"typing\",\"conversation\":\"$own\",\"active\":\"true\" | validation_failed",
                "presence: offline | \"type\":\"presence.set\",\"status\":\"offline\" | validation_failed",
                "presence: of no end | \"type\":\"presence.set\",\"status\":\"$long\" | validation_failed",
                "watch: nobody said | \"type\":\"presence.watch\" | validation_failed",
                "watch: a null | \"type\":\"presence.watch\",\"users\":[null] | validation_failed",
                "watch: no uuid | \"type\":\"presence.watch\",\"users\":[\"*\"] | validation_failed",
                "viewing: elsewhere | \"type\":\"viewing\",\"conversation\":\"$victims\" | not_found",
                "viewing: nowhere | \"type\":\"viewing\",\"conversation\":\"$id\" | not_found",
                "viewing: no uuid | \"type\":\"viewing\",\"conversation\":\"*\" | validation_failed",
                "viewing.watch: elsewhere | \"type\":\"viewing.watch\",\"conversations\":[\"$own\",\"$victims\"] | not_found",
                "viewing.watch: nothing said | \"type\":\"viewing.watch\" | validation_failed",
                "viewing.watch: a null | \"type\":\"viewing.watch\",\"conversations\":[null] | validation_failed",
                "viewing.watch: no list | \"type\":\"viewing.watch\",\"conversations\":\"$own\" | validation_failed",
                "renew: rubbish | \"type\":\"renew\",\"token\":\"rubbish\" | unauthenticated",
            })
    void aWrongCommandGetsItsErrorAndTheSessionGoesOn(String what, String fields, String code) {
        RawSocket socket = intruder.signedIn();

        await(socket.sendText("{\"id\":\"wrong\"," + filled(fields) + "}"));
        JsonNode reply = Intruder.reply(socket, "wrong");

        if (!code.equals("*")) {
            assertThat(reply.path("error").path("code").asText())
                    .as("%s: %s", what, reply)
                    .isEqualTo(code);
        }
        assertThat(reply.path("error").path("code").asText())
                .as("%s: %s", what, reply)
                .isNotEqualTo("internal");
        if (!socket.isClosed() && !code.equals("unauthenticated")) {
            await(socket.sendText("{\"type\":\"ping\",\"id\":\"after\"}"));
            assertThat(Intruder.reply(socket, "after").path("type").asText()).isEqualTo("pong");
        }
    }

    private String filled(String fields) {
        return fields.replace("$own", intruder.ownGroup().toString())
                .replace("$victims", intruder.victimsGroup().toString())
                .replace("$id", ID)
                .replace("$long", "x".repeat(5_000))
                .replace("$16385", "x".repeat(16_385));
    }

    @Test
    void commandIdsMayBeAnythingShortAndNothingElse() {
        RawSocket socket = intruder.signedIn();

        for (String id : List.of("\"\"", "null", "7", "{}", "\"" + "x".repeat(129) + "\"")) {
            await(socket.sendText("{\"type\":\"ping\",\"id\":" + id + "}"));
        }
        String strange = "<script>'\\\"; -- \\u202e\\ud83d\\udc4b";
        await(socket.sendText("{\"type\":\"ping\",\"id\":\"" + strange + "\"}"));
        await(socket.sendText("{\"type\":\"ping\",\"id\":\"after\"}"));

        Intruder.reply(socket, "after");
        assertThat(socket.texts().stream().filter(frame -> frame.contains("\"pong\"")))
                .hasSize(2);
        assertThat(socket.find("id", "<script>'\"; -- \u202e\uD83D\uDC4B")).isPresent();
    }

    @Test
    void nobodyElsesMessageIdCanBeTakenOver() {
        UUID shared = intruder.cast().group(intruder.victim(), intruder.person());
        UUID message = UUID.randomUUID();
        await(intruder.cast().api(intruder.victim()).send(shared, message, "mine"));
        RawSocket socket = intruder.signedIn();

        await(socket.sendText("{\"type\":\"message.send\",\"id\":\"take\",\"conversation\":\"" + shared
                + "\",\"message\":{\"id\":\"" + message + "\",\"type\":\"text\",\"text\":\"mine\"}}"));

        assertThat(Intruder.reply(socket, "take").path("error").path("code").asText())
                .isEqualTo("conflict");
    }

    private static String errorCode(RawSocket socket) {
        return socket.find("type", "error")
                .orElseThrow()
                .path("error")
                .path("code")
                .asText();
    }
}
