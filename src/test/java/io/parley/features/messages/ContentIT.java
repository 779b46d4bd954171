package io.parley.features.messages;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.PersistenceLab;
import io.parley.features.contacts.ContactsFeature;
import io.parley.features.conversations.ConversationActions;
import io.parley.features.conversations.ConversationActions.Create;
import io.parley.features.conversations.ConversationActions.Get;
import io.parley.features.conversations.ConversationActions.NewConversation;
import io.parley.features.conversations.ConversationsFeature;
import io.parley.features.messages.MessageActions.Edit;
import io.parley.features.messages.MessageActions.Send;
import io.parley.features.receipts.ReceiptsFeature;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.parley.support.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages that are no texts: sending, reading, previews, editing, forwarding, deleting. */
class ContentIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab((config, metrics) -> List.of(
            new ConversationsFeature(config),
            new MessagesFeature(config, metrics),
            new ReceiptsFeature(config),
            new ContactsFeature(config, metrics)));

    private static final String CODE = "{'type':'code','language':'java','text':'@Ada // **twice**'}";
    private static final String PLACE = "{'type':'location','location':{'latitude':51.5212,'longitude':-0.1543%s}}";
    private static final String CARD = "{'type':'contact','contact':{'name':'Charles','phones':['+44 1']}}";
    private static final String POLL =
            "{'type':'poll','poll':{'question':'When do\\nwe meet?','options':['Now','Later']%s}}";

    private final UUID ada = LAB.person();
    private final UUID bob = LAB.person();
    private final UUID room = group(ada, bob);

    private static UUID group(UUID creator, UUID... others) {
        UUID id = Ids.next();
        NewConversation group = new NewConversation(id, "group", "Room", List.of(others), null, null);
        LAB.ask(ConversationActions.CREATE, id, new Create(TENANT, creator, id, group));
        return id;
    }

    private Send draft(UUID sender, String json) {
        JsonNode tree = Json.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        return new Send(
                TENANT, sender, room, Json.read(tree, MessageDraft.class).withId(Ids.next()), 0);
    }

    private MessageView say(UUID sender, String json) {
        return LAB.ask(MessageActions.SEND, room, draft(sender, json)).message();
    }

    private MessageView forward(UUID sender, MessageView message) {
        return say(sender, forwarding(message));
    }

    private String forwarding(MessageView message) {
        return "{'type':'forward','forward':{'conversation':'" + room + "','message':'" + message.id() + "'}}";
    }

    private JsonNode read(MessageView message) {
        return LAB.checked(
                "Message",
                LAB.ask(MessageActions.GET, new MessageActions.Get(TENANT, bob, room, message.id()))
                        .message());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'type':'code','text':'@Ada // **twice**'} | @Ada // **twice**",
                "{'type':'location','location':{'latitude':51.5,'longitude':-0.25}} | 51.5, -0.25",
                "{'type':'location','location':{'latitude':1,'longitude':2,'address':'Dorset Street'}} | Dorset Street",
                "{'type':'contact','contact':{'name':'*Charles*'}} | *Charles*",
                "{'type':'poll','poll':{'question':'When do\\nwe meet?','options':['Now','Later']}} | When do we meet?",
            })
    void isToldReadAndListedAsItWasSaid(String json, String preview) {
        Send draft = draft(ada, json);
        MessageView said = LAB.ask(MessageActions.SEND, room, draft).message();

        JsonNode read = read(said);
        assertThat(LAB.content(LAB.frames(room).getLast()).get("message")).hasToString(read.toString());
        assertThat(read.get("type").asText()).isEqualTo(draft.draft().type());
        assertThat(LAB.ask(ConversationActions.GET, new Get(TENANT, bob, room)).preview())
                .isEqualTo(preview);
        assertThat(LAB.ask(MessageActions.SEND, room, draft).repeated()).isTrue();
    }

    @Test
    void codeMentionsNobodyAndIsEditedAsCode() {
        MessageView said = say(ada, CODE);
        assertThat(read(said).has("mentions")).isFalse();

        MessageView edited = LAB.ask(
                        MessageActions.EDIT, room, new Edit(TENANT, ada, room, said.id(), "@bob", null, true))
                .message();

        assertThat(edited.fields()).containsOnlyKeys("language", "text");
        assertThat(edited.text()).isEqualTo("@bob");
        assertThat(LAB.ask(
                                MessageActions.EDITS,
                                new MessageActions.ListEdits(
                                        new MessageActions.Get(TENANT, ada, room, said.id()), 100, null))
                        .items())
                .extracting(MessageActions.Earlier::text)
                .containsExactly("@Ada // **twice**");
    }

    @Test
    void whatIsNeitherTextNorCodeStaysAsItWasSaid() {
        for (String json : List.of(PLACE.formatted(""), CARD, POLL.formatted(""))) {
            MessageView said = say(ada, json);

            AppError refused =
                    LAB.refusal(MessageActions.EDIT, room, new Edit(TENANT, ada, room, said.id(), "Other", null, null));

            assertThat(refused.code()).isEqualTo(ErrorCode.FORBIDDEN);
            assertThat(read(said)).hasToString(Json.text(said));
        }
    }

    @Test
    void forwardingCopiesWhatWasSaidButNeitherLifeNorClosing() {
        MessageView place = forward(bob, say(ada, PLACE.formatted(",'liveUntil':'2020-11-20T17:00:00.000Z'")));
        MessageView poll = forward(bob, say(ada, POLL.formatted(",'closesAt':'2020-11-20T17:00:00.000Z'")));
        MessageView card = forward(bob, say(ada, CARD));

        assertThat(read(place).get("location")).isEqualTo(json("{'latitude':51.5212,'longitude':-0.1543}"));
        assertThat(read(poll).at("/poll/options/1").asText()).isEqualTo("Later");
        assertThat(read(poll).get("poll").has("closesAt")).isFalse();
        assertThat(read(card).at("/contact/name").asText()).isEqualTo("Charles");
        assertThat(read(card).at("/forwarded/sender").asText()).isEqualTo(ada.toString());
    }

    private static JsonNode json(String json) {
        return Json.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aCardOfAPersonHasHisNameUnlessHeIsNobodyForTheSender() {
        String name = LAB.column(String.class, "SELECT display_name FROM users WHERE id = ?", bob)
                .getFirst();
        MessageView said = say(ada, "{'type':'contact','contact':{'user':'" + bob + "'}}");
        assertThat(read(said).get("contact")).isEqualTo(json("{'user':'" + bob + "','name':'" + name + "'}"));

        LAB.update("INSERT INTO blocks VALUES (?, ?, ?, now())", TENANT, bob, ada);
        for (UUID nobody : List.of(bob, Ids.next(), LAB.person(Ids.next()))) {
            Send card = draft(ada, "{'type':'contact','contact':{'user':'" + nobody + "'}}");
            assertThat(LAB.refusal(MessageActions.SEND, room, card).errors())
                    .extracting(AppError.FieldError::field)
                    .containsExactly("message.contact.user");
        }
    }

    private static Send with(Send send, String version) {
        MessageActions.Client client = new MessageActions.Client("android", version);
        return new Send(send.tenant(), send.sender(), send.conversation(), send.draft(), 0, client);
    }

    @Test
    void aMessageSaysWithWhichProgramItWasSentWhateverBecomesOfIt() {
        Send draft = draft(ada, CODE);
        MessageView said =
                LAB.ask(MessageActions.SEND, room, with(draft, "7.1")).message();

        assertThat(LAB.ask(MessageActions.SEND, room, with(draft, "7.2")).repeated())
                .isTrue();
        LAB.ask(MessageActions.EDIT, room, new Edit(TENANT, ada, room, said.id(), "Other", null, null));
        MessageView plain = forward(bob, said);
        MessageView copy = LAB.ask(MessageActions.SEND, room, with(draft(bob, forwarding(said)), "8.0"))
                .message();

        assertThat(read(said).get("client")).isEqualTo(json("{'platform':'android','version':'7.1'}"));
        assertThat(read(plain).has("client")).isFalse();
        assertThat(read(copy).at("/client/version").asText()).isEqualTo("8.0");
        assertThat(read(copy).get("text").asText()).isEqualTo("Other");
    }

    @Test
    void nothingIsLeftOfADeletedOne() {
        MessageView said = say(ada, CARD);

        LAB.ask(MessageActions.DELETE, room, new MessageActions.Change(TENANT, ada, room, said.id()));

        assertThat(read(said).has("contact")).isFalse();
        assertThat(LAB.ask(ConversationActions.GET, new Get(TENANT, bob, room)).preview())
                .isNull();
    }
}
