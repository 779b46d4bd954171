package io.parley.features.markdown;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.PersistenceLab;
import io.parley.features.RestLab;
import io.parley.features.conversations.ConversationActions;
import io.parley.features.conversations.ConversationActions.Create;
import io.parley.features.conversations.ConversationActions.NewConversation;
import io.parley.features.conversations.ConversationsFeature;
import io.parley.features.markdown.MarkdownActions.Source;
import io.parley.features.messages.MessageActions;
import io.parley.features.messages.MessageActions.Change;
import io.parley.features.messages.MessageActions.Send;
import io.parley.features.messages.MessageView;
import io.parley.features.messages.MessagesFeature;
import io.parley.features.receipts.ReceiptsFeature;
import io.parley.support.AppError;
import io.parley.support.ConfigLoader;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MarkdownIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab((config, metrics) -> List.of(
            new ConversationsFeature(config),
            new MessagesFeature(config, metrics),
            new ReceiptsFeature(config),
            new MarkdownFeature(config)));

    private final RestLab rest = new RestLab(new MarkdownFeature(ConfigLoader.load(null, Map.of())));
    private final UUID ada = LAB.person();
    private final UUID bob = LAB.person();
    private final UUID stranger = LAB.person();
    private final UUID room = group();

    private UUID group() {
        UUID id = Ids.next();
        NewConversation group = new NewConversation(id, "group", "Room", List.of(bob), null, null);
        LAB.ask(ConversationActions.CREATE, id, new Create(TENANT, ada, id, group));
        return id;
    }

    private MessageView say(String text) {
        return LAB.ask(MessageActions.SEND, room, Send.text(TENANT, ada, room, Ids.next(), text))
                .message();
    }

    private JsonNode html(UUID reader, MessageView message) {
        return rest.checked(
                "RenderedText",
                rest.call(
                        LAB, reader, "getMessageHtml", Map.of("conversationId", room, "messageId", message.id()), ""));
    }

    private JsonNode rendered(String text) {
        String body = Json.text(Map.of("text", text));
        return rest.checked("RenderedText", rest.call(LAB, ada, "renderMarkdown", Map.of(), body));
    }

    private String listed() {
        return LAB.ask(ConversationActions.GET, new ConversationActions.Get(TENANT, bob, room))
                .preview();
    }

    private static void assertRefused(ErrorCode code, Runnable attempt) {
        assertThatThrownBy(attempt::run).satisfies(thrown -> {
            Throwable cause = thrown instanceof AppError ? thrown : thrown.getCause();
            assertThat(((AppError) cause).code()).isEqualTo(code);
        });
    }

    @Test
    void aMessageIsReadAsHtmlByThoseWhoMayReadIt() {
        MessageView said = say("The engine weaves **patterns** <b>");

        JsonNode rendered = html(bob, said);

        assertThat(rendered.get("html").asText())
                .isEqualTo("<p>The engine weaves <strong>patterns</strong> &lt;b&gt;</p>\n");
        assertThat(rendered.get("preview").asText()).isEqualTo("The engine weaves patterns <b>");
        assertRefused(ErrorCode.NOT_FOUND, () -> html(stranger, said));
    }

    @Test
    void ofADeletedMessageNothingIsRead() {
        MessageView said = say("*Gone*");
        LAB.ask(MessageActions.DELETE, room, new Change(TENANT, ada, room, said.id()));

        assertThat(html(bob, said).get("html").asText()).isEmpty();
        assertThat(listed()).isNull();
    }

    @Test
    void aDraftIsReadAsTheMessageWillBe() {
        assertThat(rendered("- [x] *done*").get("html").asText()).contains("checkbox", "<em>done</em>");
        assertThat(rendered("").get("html").asText()).isEmpty();
        assertRefused(ErrorCode.TOO_LARGE, () -> rendered("x".repeat(16_385)));
        assertRefused(ErrorCode.TOO_LARGE, () -> rendered("ä".repeat(8_193)));
    }

    @Test
    void listsOfConversationsTellInOneLineWhatWasSaidLast() {
        say("Look:\n\n* [the plan](https://example.org/plan)\n* ||the end||");

        assertThat(listed()).isEqualTo("Look: the plan ▒▒▒▒");
    }

    @Test
    void tooManyAtOnceAreToldToComeAgain() {
        String slow = "[a](b".repeat(3_000);
        List<Future<MarkdownActions.Rendered>> asked = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            asked.add(LAB.bus().ask(MarkdownActions.RENDER, new Source(slow)));
        }
        PersistenceLab.await(Future.join(asked).otherwiseEmpty());

        assertThat(asked).anyMatch(Future::succeeded);
        assertThat(asked.stream().filter(Future::failed))
                .isNotEmpty()
                .allMatch(failed -> ((AppError) failed.cause()).code() == ErrorCode.UNAVAILABLE);
        assertThat(rendered("*later*").get("html").asText()).contains("later");
    }
}
