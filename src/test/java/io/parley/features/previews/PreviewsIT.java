package io.parley.features.previews;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.PersistenceLab;
import io.parley.features.RestLab;
import io.parley.features.conversations.ConversationActions;
import io.parley.features.conversations.ConversationActions.Create;
import io.parley.features.conversations.ConversationActions.NewConversation;
import io.parley.features.conversations.ConversationsFeature;
import io.parley.features.messages.MessageActions;
import io.parley.features.messages.MessageActions.Change;
import io.parley.features.messages.MessageActions.Edit;
import io.parley.features.messages.MessageActions.Get;
import io.parley.features.messages.MessageActions.Send;
import io.parley.features.messages.MessageDraft;
import io.parley.features.messages.MessageView;
import io.parley.features.messages.MessagesFeature;
import io.parley.features.receipts.ReceiptsFeature;
import io.parley.server.jobs.JobsVerticle;
import io.parley.support.Config;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.parley.support.Metrics;
import io.parley.support.testing.DatabaseConfig;
import io.parley.support.testing.TestPages;
import io.parley.support.testing.TestServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** From a message with a link to the message with its preview, with the journal, the jobs and a real web server. */
class PreviewsIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab((config, metrics) -> List.of(
            new ConversationsFeature(config),
            new MessagesFeature(config, metrics),
            new ReceiptsFeature(config),
            new PreviewsFeature(config, metrics)));

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Long enough for the follower and the job to have done what they should not. */
    private static final Duration QUIET = Duration.ofSeconds(2);

    private static final Metrics METRICS = new Metrics();
    private static TestPages pages;

    private final UUID ada = LAB.person();
    private final UUID bob = LAB.person();
    private final UUID stranger = LAB.person();
    private final UUID room = group(ada, bob);

    @BeforeAll
    static void begin() throws Exception {
        pages = new TestPages(LAB.vertx());
        Config config = DatabaseConfig.of(
                TestServers.shared().postgres(),
                Map.of(
                        "PARLEY_JOURNAL_POLLMS", "100",
                        "PARLEY_PREVIEWS_PORTS", "80," + pages.port(),
                        "PARLEY_PREVIEWS_PRIVATENETWORKS", "127.0.0.1",
                        "PARLEY_PREVIEWS_DENYHOSTS", "denied.example"));
        PersistenceLab.await(LAB.vertx()
                .deployVerticle(
                        new JobsVerticle(config, LAB.bus(), List.of(new PreviewsFeature(config, METRICS)), METRICS)));
        await().atMost(PATIENCE)
                .until(() -> LAB.number("SELECT count(*) FROM journal_followers WHERE name = 'link-previews'"
                                + " AND epoch IS NOT NULL")
                        == 1);
    }

    @AfterAll
    static void end() {
        METRICS.close();
    }

    private static UUID group(UUID creator, UUID... others) {
        UUID id = Ids.next();
        NewConversation group = new NewConversation(id, "group", "Room", List.of(others), null, null);
        LAB.ask(ConversationActions.CREATE, id, new Create(TENANT, creator, id, group));
        return id;
    }

    private MessageView say(String text) {
        return say(room, text, null);
    }

    private MessageView say(UUID conversation, String text, @Nullable Boolean preview) {
        MessageDraft draft = new MessageDraft(Ids.next(), "text", text, null, null, null, preview, null);
        return LAB.ask(MessageActions.SEND, conversation, new Send(TENANT, ada, conversation, draft, 0))
                .message();
    }

    private MessageView edit(MessageView message, String text, @Nullable Boolean preview) {
        return LAB.ask(MessageActions.EDIT, room, new Edit(TENANT, ada, room, message.id(), text, null, preview))
                .message();
    }

    private static MessageView read(UUID reader, MessageView message) {
        return LAB.ask(MessageActions.GET, new Get(TENANT, reader, message.conversation(), message.id()))
                .message();
    }

    private List<String> shown(MessageView message) {
        List<String> titles = new ArrayList<>();
        JsonNode links = read(bob, message).fields().get("links");
        if (links != null) {
            links.forEach(link -> titles.add(link.path("title").asText()));
        }
        return titles;
    }

    private void awaitShown(MessageView message, String... titles) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(shown(message)).containsExactly(titles));
    }

    /** Everything that is to be done now has been done. */
    private static void awaitIdle() {
        await().pollDelay(QUIET)
                .atMost(PATIENCE)
                .until(() -> LAB.number("SELECT (SELECT count(*) FROM preview_wishes)"
                                + " + (SELECT count(*) FROM link_previews WHERE state = 'wanted')")
                        == 0);
    }

    private void assertRefused(ErrorCode code, UUID actor, MessageView message) {
        assertThat(LAB.refusal(PreviewActions.REMOVE, room, new Change(TENANT, actor, room, message.id()))
                        .code())
                .isEqualTo(code);
    }

    private void remove(MessageView message) {
        LAB.ask(PreviewActions.REMOVE, room, new Change(TENANT, ada, room, message.id()));
    }

    @Test
    void whatALinkLeadsToBecomesPartOfTheMessageInOneChangeThatEverybodyIsTold() {
        MessageView said = say("See " + pages.url("/one") + " and [this](" + pages.url("/two") + "#there)");

        awaitShown(said, "/one", "/two");

        MessageView now = read(bob, said);
        assertThat(now.version()).isEqualTo(said.version() + 1);
        assertThat(now.editedAt()).isNull();
        JsonNode event = LAB.content(LAB.frames(room).getLast());
        assertThat(event.get("type").asText()).isEqualTo("message.updated");
        assertThat(event.has("actor")).isFalse();
        assertThat(event.get("version").asLong()).isEqualTo(now.version());
        assertThat(event.get("message")).isEqualTo(Json.parse(Json.text(now).getBytes()));
        assertThat(event.at("/message/links/1"))
                .isEqualTo(Json.mapper()
                        .createObjectNode()
                        .put("url", pages.url("/two") + "#there")
                        .put("type", "page")
                        .put("title", "/two")
                        .put("description", "About it"));
    }

    @Test
    void theSameLinkInManyMessagesIsFetchedOnce() {
        UUID other = group(ada, bob);
        List<MessageView> said = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            said.add(say(i % 2 == 0 ? room : other, "Number " + i + ": " + pages.url("/popular"), null));
        }

        said.forEach(message -> awaitShown(message, "/popular"));

        MessageView later = say("Again " + pages.url("/popular"));
        awaitShown(later, "/popular");
        assertThat(pages.asked("/popular")).isEqualTo(1);
    }

    @Test
    void anEditThatTakesTheLinkAwayTakesThePreviewAway() {
        MessageView said = say(pages.url("/before"));
        awaitShown(said, "/before");

        edit(said, "Never mind", null);

        awaitShown(said);
        assertThat(read(bob, said).fields()).containsOnlyKeys("text");
        edit(said, "Rather " + pages.url("/after"), null);
        awaitShown(said, "/after");
    }

    @Test
    void whatWasEditedWhileItsLinkWasFetchedShowsOnlyWhatItLinksToNow() {
        MessageView said = say(pages.url("/held/edited"));
        await().atMost(PATIENCE).until(() -> pages.asked("/held/edited") == 1);
        edit(said, pages.url("/instead"), null);
        awaitShown(said, "/instead");
        long version = read(bob, said).version();

        pages.letGo("/held/edited");
        awaitIdle();

        assertThat(shown(said)).containsExactly("/instead");
        assertThat(read(bob, said).version()).isEqualTo(version);
    }

    @Test
    void nothingIsAddedToWhatWasDeletedMeanwhileAndNothingOfItIsLeft() {
        MessageView said = say(pages.url("/held/deleted"));
        await().atMost(PATIENCE).until(() -> pages.asked("/held/deleted") == 1);
        MessageView tombstone = LAB.ask(MessageActions.DELETE, room, new Change(TENANT, ada, room, said.id()))
                .message();

        pages.letGo("/held/deleted");
        awaitIdle();

        assertThat(read(bob, said)).isEqualTo(tombstone);
        assertThat(LAB.number("SELECT count(*) FROM link_previews WHERE url = ?", pages.url("/held/deleted")))
                .isZero();
        MessageView shown = say(pages.url("/shown/deleted"));
        awaitShown(shown, "/shown/deleted");
        LAB.ask(MessageActions.DELETE, room, new Change(TENANT, ada, room, shown.id()));
        assertThat(LAB.number("SELECT count(*) FROM link_previews WHERE url = ?", pages.url("/shown/deleted")))
                .isZero();
        assertThat(LAB.number("SELECT count(*) FROM messages m WHERE m.id = ? AND m::text LIKE '%shown%'", shown.id()))
                .isZero();
    }

    @Test
    void aDeletedMessageTakesNoPreviewFromAnother() {
        MessageView deleted = say(pages.url("/held/shared"));
        MessageView other = say("Also " + pages.url("/held/shared"));
        await().atMost(PATIENCE).until(() -> pages.asked("/held/shared") == 1);
        await().atMost(PATIENCE)
                .until(() ->
                        LAB.number("SELECT count(*) FROM preview_wishes WHERE urls[1] = ?", pages.url("/held/shared"))
                                == 2);
        LAB.ask(MessageActions.DELETE, room, new Change(TENANT, ada, room, deleted.id()));

        pages.letGo("/held/shared");

        awaitShown(other, "/held/shared");
    }

    @Test
    void whoWantsNoPreviewSaysSoWhenSendingOrEditing() {
        MessageView quiet = say(room, pages.url("/quiet"), false);
        MessageView loud = say(pages.url("/loud"));
        awaitShown(loud, "/loud");

        edit(loud, pages.url("/loud") + " quietly", false);

        awaitShown(loud);
        awaitIdle();
        assertThat(pages.asked("/quiet")).isZero();
        assertThat(shown(quiet)).isEmpty();
        edit(quiet, pages.url("/quiet") + " after all", true);
        awaitShown(quiet, "/quiet");
    }

    @Test
    void theSenderTakesPreviewsOffHisMessageForGood() {
        MessageView said = say(pages.url("/off"));
        awaitShown(said, "/off");
        assertRefused(ErrorCode.FORBIDDEN, bob, said);
        assertRefused(ErrorCode.NOT_FOUND, stranger, said);

        remove(said);

        MessageView now = read(bob, said);
        assertThat(shown(said)).isEmpty();
        assertThat(now.version()).isEqualTo(said.version() + 2);
        JsonNode event = LAB.content(LAB.frames(room).getLast());
        assertThat(event.get("actor").asText()).isEqualTo(ada.toString());
        assertThat(event.at("/message/preview")).isEqualTo(Json.mapper().valueToTree(false));
        remove(said);
        assertThat(read(bob, said)).isEqualTo(now);
        edit(said, "Once more " + pages.url("/off"), true);
        awaitIdle();
        assertThat(shown(said)).isEmpty();
    }

    @Test
    void overRestToo() {
        RestLab rest = new RestLab(
                new PreviewsFeature(DatabaseConfig.of(TestServers.shared().postgres(), Map.of()), METRICS));
        MessageView said = say(pages.url("/rest"));
        awaitShown(said, "/rest");

        Map<String, UUID> message = Map.of("conversationId", room, "messageId", said.id());
        assertThat(rest.call(LAB, ada, "removePreviews", message, "").status()).isEqualTo(204);

        assertThat(shown(said)).isEmpty();
    }

    @Test
    void aTenantCanSwitchThemOff() {
        LAB.update("UPDATE tenants SET settings = '{\"previews\": false}' WHERE id = ?", TENANT);
        MessageView said = say(pages.url("/tenant"));
        awaitIdle();
        LAB.update("UPDATE tenants SET settings = '{}' WHERE id = ?", TENANT);

        assertThat(pages.asked("/tenant")).isZero();
        assertThat(shown(said)).isEmpty();
    }

    @Test
    void whatIsNotThereChangesNothingAndIsNotAskedForAgainSoon() {
        MessageView said = say(pages.url("/none/a"));
        await().atMost(PATIENCE).until(() -> pages.asked("/none/a") == 1);
        MessageView again = say(pages.url("/none/a") + " again");
        awaitIdle();

        assertThat(pages.asked("/none/a")).isEqualTo(1);
        assertThat(read(bob, said)).isEqualTo(said);
        assertThat(read(bob, again)).isEqualTo(again);
    }

    @Test
    void whoBreaksOffIsAskedOnceMore() {
        MessageView said = say(pages.url("/flaky"));
        await().atMost(PATIENCE).until(() -> pages.asked("/flaky") == 1);

        await().atMost(PATIENCE).untilAsserted(() -> {
            LAB.update(
                    "UPDATE link_previews SET due_at = clock_timestamp() WHERE url = ? AND claim IS NULL AND state = 'wanted'",
                    pages.url("/flaky"));
            assertThat(shown(said)).containsExactly("/flaky");
        });
        assertThat(pages.asked("/flaky")).isEqualTo(2);
    }

    @Test
    void aLinkThatNodesDidNotSurviveIsNotTriedForEver() {
        String url = pages.url("/deadly");
        LAB.update(
                "INSERT INTO link_previews (tenant_id, url, host, state, due_at, attempts)"
                        + " VALUES (?, ?, '127.0.0.1', 'wanted', clock_timestamp() + interval '1 hour', 2)",
                TENANT,
                url);
        MessageView said = say(url);
        await().atMost(PATIENCE)
                .until(() -> LAB.number("SELECT count(*) FROM preview_wishes WHERE urls[1] = ?", url) == 1);

        LAB.update("UPDATE link_previews SET due_at = clock_timestamp() WHERE url = ?", url);
        awaitIdle();

        assertThat(pages.asked("/deadly")).isZero();
        assertThat(shown(said)).isEmpty();
    }

    @Test
    void whereTheServerMustNotGoNothingIsAsked() {
        List<MessageView> said = List.of(
                say("http://127.0.0.2:" + pages.port() + "/x"),
                say("http://[::1]:" + pages.port() + "/x"),
                say("http://localhost:" + pages.port() + "/x"),
                say("http://127.0.0.1:22/"),
                say("http://user@127.0.0.1:" + pages.port() + "/x"),
                say("http://denied.example:" + pages.port() + "/x"),
                say("`" + pages.url("/x") + "`"),
                say("||" + pages.url("/x") + "||"));
        awaitIdle();

        assertThat(pages.asked("/x")).isZero();
        assertThat(said).allSatisfy(message -> assertThat(read(bob, message)).isEqualTo(message));
        assertThat(METRICS.scrape())
                .contains("parley_previews_refused_total{reason=\"host\"}")
                .contains("parley_previews_refused_total{reason=\"private\"}")
                .contains("parley_previews_refused_total{reason=\"port\"}")
                .contains("parley_previews_refused_total{reason=\"credentials\"}")
                .contains("parley_previews_refused_total{reason=\"denied\"}");
    }

    @Test
    void onlyTheFirstLinksOfAMessageAreLookedAt() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            text.append(pages.url("/many/" + i)).append('\n');
        }

        awaitShown(say(text.toString()), "/many/0", "/many/1", "/many/2", "/many/3");
        assertThat(pages.asked("/many/4")).isZero();
    }

    @Test
    void whatWasForwardedHasPreviewsOfItsOwn() {
        MessageView said = say(pages.url("/forwarded"));
        awaitShown(said, "/forwarded");
        UUID other = group(ada, bob);
        MessageDraft draft = new MessageDraft(
                Ids.next(), "forward", null, null, null, new MessageDraft.Source(room, said.id()), null, null);

        MessageView forwarded = LAB.ask(MessageActions.SEND, other, new Send(TENANT, ada, other, draft, 0))
                .message();

        awaitShown(forwarded, "/forwarded");
        assertThat(pages.asked("/forwarded")).isEqualTo(1);
    }
}
