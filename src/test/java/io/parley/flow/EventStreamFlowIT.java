package io.parley.flow;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.Endpoints;
import io.parley.support.testing.client.EventStream;
import io.parley.support.testing.client.LongPoll;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.RawSocket;
import io.parley.support.testing.node.RunningNode;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.NetClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a person gets over an event stream and by polls, and that it is what he gets over a WebSocket. */
@ExtendWith(RunningNode.class)
class EventStreamFlowIT {
    private final RunningNode.Site site;
    private final Cast cast;
    private final Endpoints node;
    private final HttpClient http;
    private final NetClient network;
    private final Person alice;
    private final Person bob;
    private final UUID group;
    private final List<EventStream> streams = new ArrayList<>();

    EventStreamFlowIT(RunningNode.Site site) {
        this.site = site;
        this.cast = new Cast(site.clients(), site.operator());
        this.node = site.node().endpoints();
        this.http = site.clients().http();
        this.network = RawSocket.netClient(site.vertx());
        List<Person> people = cast.people(List.of("alice", "bob"));
        this.alice = people.get(0);
        this.bob = people.get(1);
        this.group = cast.group(alice, bob);
    }

    @AfterEach
    void hangUp() {
        streams.forEach(EventStream::cut);
        network.close();
        cast.close();
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(20));
    }

    private String token() {
        return await(bob.tokens().current());
    }

    private EventStream stream(String query, Map<String, String> headers) {
        EventStream stream = await(EventStream.open(http, node, query, headers, frame -> {}));
        streams.add(stream);
        return stream;
    }

    private EventStream stream(Map<String, String> more) {
        Map<String, String> headers = new HashMap<>(more);
        headers.put("authorization", "Bearer " + token());
        return stream("", headers);
    }

    private EventStream begun(Map<String, String> more) {
        EventStream stream = stream(more);
        soon().until(() -> !stream.frames("ready").isEmpty());
        return stream;
    }

    private void say(String text) {
        await(cast.api(alice).send(group, Ids.next(), text));
    }

    private static List<String> texts(List<JsonNode> frames) {
        return frames.stream()
                .filter(frame -> frame.path("type").asText().equals("message.created"))
                .map(frame -> frame.at("/message/text").asText())
                .toList();
    }

    @Test
    void aStreamGetsTheFramesOfASocket() {
        RawSocket socket = await(RawSocket.open(site.vertx(), network, node));
        await(socket.sendText("{\"type\":\"hello\",\"id\":\"h\",\"token\":\"" + token() + "\"}"));
        soon().until(() -> socket.find("type", "ready").isPresent());
        EventStream stream = begun(Map.of());

        say("one");
        say("two\nlines");
        await(cast.api(bob).read(group, 1));
        ObjectNode typing = JsonNodeFactory.instance.objectNode().put("active", true);
        await(cast.api(alice).call(HttpMethod.PUT, "/conversations/" + group + "/typing", typing));
        UUID other = cast.group(alice, bob);
        await(cast.api(alice).removeMember(other, bob.id()));
        say("last");

        soon().until(() -> texts(stream.frames()).contains("last")
                && socket.texts().stream().anyMatch(text -> text.contains("\"last\"")));
        soon().until(() -> !stream.frames("typing").isEmpty());
        List<JsonNode> ofSocket = socket.texts().stream()
                .map(EventStreamFlowIT::json)
                .filter(frame -> !frame.path("type").asText().equals("ready"))
                .toList();
        List<JsonNode> ofStream = stream.frames().stream()
                .filter(frame -> !frame.path("type").asText().equals("ready"))
                .toList();
        assertThat(ofStream).hasSizeGreaterThan(5).containsExactlyInAnyOrderElementsOf(ofSocket);
        assertThat(of(group, ofStream)).isEqualTo(of(group, ofSocket));
        assertThat(names(stream.frames("ready").getFirst()))
                .isEqualTo(names(socket.frames("ready").getFirst()).stream()
                        .filter(name -> !name.equals("id"))
                        .toList());
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static JsonNode json(String text) {
        return Json.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<JsonNode> of(UUID conversation, List<JsonNode> frames) {
        return frames.stream()
                .filter(frame ->
                        frame.path("conversation").asText().equals(conversation.toString()) && frame.has("version"))
                .toList();
    }

    @Test
    void whoWasCutOffResumesWithTheLastEventId() {
        EventStream first = begun(Map.of());
        say("seen");
        soon().until(() -> texts(first.frames()).contains("seen"));
        String position = first.lastId();
        first.cut();
        UUID quiet = cast.group(alice, bob);
        say("missed");

        EventStream second = begun(Map.of("last-event-id", position));
        JsonNode ready = second.frames("ready").getFirst();
        soon().until(() -> !second.lastId().isEmpty());
        second.cut();
        // What was read since is not told again, once the transactions are over that were open then.
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
            EventStream third = begun(Map.of("last-event-id", second.lastId()));
            return third.frames("ready").getFirst().path("changed").isEmpty();
        });

        assertThat(ready.path("changed"))
                .extracting(head -> head.path("conversation").asText())
                .contains(group.toString(), quiet.toString());
        assertThat(ready.path("complete").asBoolean()).isTrue();
    }

    @Test
    void aQuietStreamShowsThatItLivesAndMovesItsPosition() {
        EventStream stream = begun(Map.of());
        String before = stream.lastId();
        cast.group(alice);

        Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> stream.comments() > 0);

        soon().until(() -> !stream.lastId().equals(before));
        assertThat(stream.frames()).hasSize(1);
        assertThat(stream.retryMs()).isBetween(1_000L, 4_000L);
        assertThat(stream.header("cache-control")).isEqualTo("no-store");
    }

    @Test
    void aTicketOpensOneStream() {
        String ticket = await(LongPoll.ticket(http, node, token()));

        EventStream stream = stream("?ticket=" + ticket, Map.of());
        soon().until(() -> !stream.frames("ready").isEmpty());
        say("to the ticket's owner");
        soon().until(() -> texts(stream.frames()).contains("to the ticket's owner"));

        assertThat(stream.frames("ready").getFirst().path("user").asText())
                .isEqualTo(bob.id().toString());
    }

    @Test
    void aPollAnswersAtOnceWhenSomethingHasHappenedAndElseWaits() {
        JsonNode first = poll("", 20);
        long begun = System.nanoTime();
        JsonNode nothing = poll(cursor(first), 1);
        long waited = System.nanoTime() - begun;
        say("while nobody waits");
        JsonNode missed = poll(cursor(nothing), 20);
        var waiting = LongPoll.once(http, node, token(), cursor(missed), 20);
        say("while somebody waits");
        JsonNode awaited = await(waiting);

        assertThat(types(first)).containsExactly("ready");
        assertThat(types(nothing)).isEmpty();
        assertThat(Duration.ofNanos(waited)).isBetween(Duration.ofMillis(950), Duration.ofSeconds(5));
        assertThat(texts(events(missed))).containsExactly("while nobody waits");
        assertThat(texts(events(awaited))).containsExactly("while somebody waits");
    }

    private JsonNode poll(String cursor, int seconds) {
        return await(LongPoll.once(http, node, token(), cursor, seconds));
    }

    private static String cursor(JsonNode answer) {
        return answer.path("cursor").asText();
    }

    private static List<JsonNode> events(JsonNode answer) {
        List<JsonNode> events = new ArrayList<>();
        answer.path("events").forEach(events::add);
        return events;
    }

    private static List<String> types(JsonNode answer) {
        return events(answer).stream().map(event -> event.path("type").asText()).toList();
    }

    @Test
    void anAnswerThatGotLostIsGivenAgain() {
        JsonNode first = poll("", 20);
        say("one");
        JsonNode lost = poll(cursor(first), 20);
        say("two");
        JsonNode again = poll(cursor(first), 20);
        JsonNode rest = poll(cursor(lost), 20);
        JsonNode nothing = poll(cursor(again), 0);

        assertThat(texts(events(lost))).containsExactly("one");
        assertThat(texts(events(again))).containsExactly("one", "two");
        assertThat(texts(events(rest))).containsExactly("two");
        assertThat(types(nothing)).isEmpty();
    }

    @Test
    void whatTheServerHasForgottenIsResumedFromTheSamePosition() {
        JsonNode first = poll("", 20);
        say("one");
        JsonNode second = poll(cursor(first), 20);
        JsonNode third = poll(cursor(second), 0);
        say("two");

        JsonNode anew = poll(cursor(first), 20);

        assertThat(types(third)).isEmpty();
        assertThat(types(anew)).containsExactly("ready");
        assertThat(anew.at("/events/0/changed/0/conversation").asText()).isEqualTo(group.toString());
    }

    @Test
    void aNewPollEndsTheOneBefore() {
        JsonNode first = poll("", 20);
        // Over two connections, so either may be the newer one.
        var one = LongPoll.once(http, node, token(), cursor(first), 60);
        var other = LongPoll.once(http, node, token(), cursor(first), 60);

        soon().until(() -> one.isComplete() || other.isComplete());
        var older = one.isComplete() ? one : other;
        assertThat(types(await(older))).isEmpty();
        say("to the newer");
        assertThat(texts(events(await(older == one ? other : one)))).containsExactly("to the newer");
    }

    @Test
    void cursorsAreTheSameByEveryWay() {
        EventStream stream = begun(Map.of());
        String ofStream = stream.lastId();
        String ofPoll = cursor(poll(ofStream, 0));
        say("after all of them");

        JsonNode polled = poll(ofStream, 20);
        EventStream resumed = begun(Map.of("last-event-id", ofPoll));
        RawSocket socket = await(RawSocket.open(site.vertx(), network, node));
        await(socket.sendText(
                "{\"type\":\"hello\",\"id\":\"h\",\"token\":\"" + token() + "\",\"cursor\":\"" + ofPoll + "\"}"));
        soon().until(() -> socket.find("type", "ready").isPresent());

        for (JsonNode ready : List.of(
                polled.at("/events/0"),
                resumed.frames("ready").getFirst(),
                socket.find("type", "ready").orElseThrow())) {
            assertThat(ready.at("/changed/0/conversation").asText()).isEqualTo(group.toString());
        }
    }

    @Test
    void whoIsSuspendedIsToldSoAndStaysOut() {
        Person carol = cast.person("carol");
        String token = await(carol.tokens().current());
        EventStream stream = stream("", Map.of("authorization", "Bearer " + token));
        soon().until(() -> !stream.frames("ready").isEmpty());
        JsonNode first = await(LongPoll.once(http, node, token, "", 20));
        var waiting = LongPoll.once(http, node, token, cursor(first), 60);

        await(site.operator().setStatus(carol.id(), "suspended"));

        assertThat(await(waiting).at("/events").findValuesAsText("code")).containsExactly("4401");
        await(stream.ended());
        assertThat(stream.frames("closed").getFirst().path("code").asInt()).isEqualTo(4401);
        soon().until(() -> LongPoll.once(http, node, token, cursor(first), 0)
                .map(answer -> false)
                .otherwise(true)
                .await());
    }

    @Test
    void configTellsWhereTheyAre() {
        JsonNode config = await(site.clients().rest().call(HttpMethod.GET, "/config", null, null))
                .body();

        assertThat(config.path("eventsUrl").asText())
                .isEqualTo("http://" + node.websocket().getAuthority() + "/api/v1/events");
    }
}
