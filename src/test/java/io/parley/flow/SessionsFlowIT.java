package io.parley.flow;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.support.Ids;
import io.parley.support.testing.client.CommandFailure;
import io.parley.support.testing.client.Endpoints;
import io.parley.support.testing.client.EventStream;
import io.parley.support.testing.client.LongPoll;
import io.parley.support.testing.client.RawSocket;
import io.parley.support.testing.client.Rest;
import io.parley.support.testing.client.SignedIn;
import io.parley.support.testing.node.RunningNode;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.NetClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Several devices of one person on a running node: who is logged in where, and how it ends. */
@ExtendWith(RunningNode.class)
class SessionsFlowIT {
    private static final String PASSWORD = "correct horse battery";
    private static final int UNAUTHENTICATED = 4401;

    private final RunningNode.Site site;
    private final Rest rest;
    private final NetClient network;
    private final String name = "s" + Ids.next().toString().substring(24);
    private SignedIn laptop;
    private SignedIn phone;

    @SuppressWarnings("NullAway.Init") // people are made before each test
    SessionsFlowIT(RunningNode.Site site) {
        this.site = site;
        this.rest = site.clients().rest();
        this.network = RawSocket.netClient(site.vertx());
    }

    @BeforeEach
    void logIn() {
        laptop = await(SignedIn.register(rest, name, PASSWORD));
        phone = await(SignedIn.login(rest, name, PASSWORD));
    }

    @AfterEach
    void hangUp() {
        network.close();
    }

    private static ConditionFactory patiently() {
        return Awaitility.await().atMost(Duration.ofSeconds(30));
    }

    private RawSocket connected(String token, String moreFields) {
        RawSocket socket =
                await(RawSocket.open(site.vertx(), network, site.node().endpoints()));
        await(socket.sendText("{\"type\":\"hello\",\"id\":\"hello\",\"token\":\"" + token + "\"" + moreFields + "}"));
        patiently().until(() -> socket.find("id", "hello").isPresent());
        return socket;
    }

    private RawSocket connected(SignedIn device) {
        return connected(device.accessToken(), "");
    }

    private static JsonNode command(RawSocket socket, String id, String type, String moreFields) {
        await(socket.sendText("{\"type\":\"" + type + "\",\"id\":\"" + id + "\"" + moreFields + "}"));
        patiently().until(() -> socket.find("id", id).isPresent());
        return socket.find("id", id).orElseThrow();
    }

    private static int closeCode(RawSocket socket) {
        patiently().until(socket::isClosed);
        return await(socket.closed());
    }

    private JsonNode list(SignedIn as) {
        return await(rest.call(HttpMethod.GET, "/users/me/sessions", as.accessToken(), null))
                .body()
                .path("items");
    }

    private Optional<JsonNode> listed(SignedIn as, Predicate<JsonNode> which) {
        return list(as).valueStream().filter(which).findFirst();
    }

    private UUID id(SignedIn device) {
        return UUID.fromString(listed(device, session -> session.path("current").asBoolean())
                .orElseThrow()
                .path("id")
                .asText());
    }

    private int delete(String path, SignedIn as) {
        return await(rest.call(HttpMethod.DELETE, "/users/me/sessions" + path, as.accessToken(), null))
                .status();
    }

    private int me(String token) {
        return await(rest.call(HttpMethod.GET, "/users/me", token, null)).status();
    }

    private void assertOut(SignedIn device) {
        Awaitility.await().atMost(Duration.ofSeconds(2)).until(() -> me(device.accessToken()) == 401);
        ObjectNode refresh = JsonNodeFactory.instance.objectNode().put("refreshToken", device.refreshToken());
        assertThat(await(rest.call(HttpMethod.POST, "/auth/refresh", null, refresh))
                        .status())
                .isEqualTo(401);
        RawSocket late = connected(device);
        assertThat(closeCode(late)).isEqualTo(UNAUTHENTICATED);
    }

    @Test
    void theListTellsWhichOneIsCurrentAndWhichAreConnected() {
        RawSocket socket = connected(phone);

        assertThat(listed(
                        laptop,
                        session -> session.path("id").asText().equals(id(phone).toString())))
                .hasValueSatisfying(session -> {
                    assertThat(session.path("connected").asBoolean()).isTrue();
                    assertThat(session.path("current").asBoolean()).isFalse();
                    assertThat(session.path("address").asText()).isEqualTo("127.0.0.0/24");
                });
        assertThat(listed(laptop, session -> session.path("current").asBoolean()))
                .hasValueSatisfying(session ->
                        assertThat(session.path("connected").asBoolean(true)).isFalse());
        JsonNode overTheSocket =
                command(socket, "1", "session.list", "").path("result").path("items");
        assertThat(overTheSocket).hasSize(2);
        assertThat(overTheSocket
                        .valueStream()
                        .filter(session -> session.path("current").asBoolean()))
                .extracting(session -> session.path("id").asText())
                .containsExactly(id(phone).toString());

        await(socket.cut());
        patiently()
                .until(() -> listed(laptop, session -> session.path("connected").asBoolean())
                        .isEmpty());
    }

    @Test
    void theDeviceIsWhatLogInAndHelloHaveSaid() {
        ObjectNode body =
                JsonNodeFactory.instance.objectNode().put("login", name).put("password", PASSWORD);
        body.putObject("device").put("platform", "ios").put("name", "Tablet");
        String token = await(rest.call(HttpMethod.POST, "/auth/login", null, body))
                .body()
                .path("accessToken")
                .asText();
        assertThat(listed(laptop, session -> session.at("/device/name").asText().equals("Tablet")))
                .isPresent();

        connected(token, ",\"device\":{\"name\":\"My tablet\",\"appVersion\":\"3.1\"}");

        patiently()
                .untilAsserted(() -> assertThat(listed(
                                laptop,
                                session -> session.at("/device/name").asText().equals("My tablet")))
                        .hasValueSatisfying(session -> {
                            assertThat(session.at("/device/platform").asText()).isEqualTo("ios");
                            assertThat(session.at("/device/appVersion").asText())
                                    .isEqualTo("3.1");
                        }));
        body.putObject("device").put("name", "x".repeat(101));
        assertThat(await(rest.call(HttpMethod.POST, "/auth/login", null, body)).code())
                .isEqualTo("validation_failed");
    }

    @Test
    void withALogInItsStreamsAndPollsEnd() {
        Endpoints node = site.node().endpoints();
        HttpClient http = site.clients().http();
        UUID gone = id(phone);
        Map<String, String> header = Map.of("authorization", "Bearer " + phone.accessToken());
        EventStream stream = await(EventStream.open(http, node, "", header, frame -> {}));
        patiently().until(() -> !stream.frames("ready").isEmpty());
        String ticket = await(LongPoll.ticket(http, node, phone.accessToken()));
        String cursor = await(LongPoll.once(http, node, phone.accessToken(), "", 0))
                .path("cursor")
                .asText();
        var waiting = LongPoll.once(http, node, phone.accessToken(), cursor, 60);

        assertThat(delete("/" + gone, laptop)).isEqualTo(204);

        await(stream.ended());
        assertThat(stream.frames())
                .extracting(frame -> frame.path("type").asText())
                .containsExactly("ready", "session.ended", "closed");
        assertThat(stream.frames("closed").getFirst().path("code").asInt()).isEqualTo(UNAUTHENTICATED);
        assertThat(await(waiting).path("events").findValuesAsText("code")).containsExactly("" + UNAUTHENTICATED);
        assertOut(phone);
        assertThat(statusOf(EventStream.open(http, node, "?ticket=" + ticket, Map.of(), frame -> {})))
                .isEqualTo(401);
        assertThat(statusOf(LongPoll.once(http, node, phone.accessToken(), cursor, 0)))
                .isEqualTo(401);
    }

    private static int statusOf(Future<?> refused) {
        patiently().until(refused::isComplete);
        return ((CommandFailure) refused.cause()).status();
    }

    @Test
    void whatIsPolledIsNotTakenOverByAnotherLogIn() {
        Endpoints node = site.node().endpoints();
        HttpClient http = site.clients().http();
        String cursor = await(LongPoll.once(http, node, phone.accessToken(), "", 0))
                .path("cursor")
                .asText();

        JsonNode ofAnother = await(LongPoll.once(http, node, laptop.accessToken(), cursor, 0));
        JsonNode ofTheSame = await(LongPoll.once(http, node, phone.accessToken(), cursor, 0));

        assertThat(ofAnother.at("/events/0/type").asText()).isEqualTo("ready");
        assertThat(ofTheSame.path("events")).isEmpty();
    }

    @Test
    void anotherDeviceIsLoggedOutAndTheOthersAreTold() {
        RawSocket here = connected(laptop);
        RawSocket there = connected(phone);
        UUID gone = id(phone);

        assertThat(command(here, "1", "session.end", ",\"session\":\"" + gone + "\"")
                        .path("type")
                        .asText())
                .isEqualTo("ok");

        assertThat(closeCode(there)).isEqualTo(UNAUTHENTICATED);
        for (RawSocket socket : List.of(here, there)) {
            patiently().until(() -> !socket.frames("session.ended").isEmpty());
            assertThat(socket.frames("session.ended")
                            .getFirst()
                            .at("/sessions/0")
                            .asText())
                    .isEqualTo(gone.toString());
        }
        assertOut(phone);
        assertThat(me(laptop.accessToken())).isEqualTo(200);
        assertThat(here.isToldToClose()).isFalse();
        assertThat(delete("/" + gone, laptop)).isEqualTo(204);
    }

    @Test
    void aLogInElsewhereIsTold() {
        RawSocket here = connected(laptop);

        await(SignedIn.login(rest, name, PASSWORD));

        patiently().until(() -> !here.frames("session.started").isEmpty());
    }

    @Test
    void ofSomebodyElseNothingIsEnded() {
        SignedIn stranger = await(SignedIn.register(rest, name + ".x", PASSWORD));
        RawSocket socket = connected(stranger);

        assertThat(delete("/" + id(phone), stranger)).isEqualTo(404);
        assertThat(command(socket, "1", "session.end", ",\"session\":\"" + id(phone) + "\"")
                        .at("/error/code")
                        .asText())
                .isEqualTo("not_found");
        assertThat(me(phone.accessToken())).isEqualTo(200);
    }

    @Test
    void allOthersAreLoggedOut() {
        RawSocket here = connected(laptop);
        RawSocket there = connected(phone);

        assertThat(delete("?keepCurrent=true", laptop)).isEqualTo(204);

        assertThat(closeCode(there)).isEqualTo(UNAUTHENTICATED);
        assertOut(phone);
        assertThat(here.isToldToClose()).isFalse();
        assertThat(list(laptop)).hasSize(1);
    }

    @Test
    void loggingOutEverywhereLeavesNothingAndTheNextLogInIsNotTouchedByIt() {
        String issued = await(site.operator().tokensOf(laptop.user()).current());
        RawSocket withIssued = connected(issued, "");
        RawSocket here = connected(laptop);

        assertThat(delete("", laptop)).isEqualTo(204);
        SignedIn again = await(SignedIn.login(rest, name, PASSWORD));
        RawSocket next = connected(again);

        assertThat(closeCode(here)).isEqualTo(UNAUTHENTICATED);
        assertThat(closeCode(withIssued)).isEqualTo(UNAUTHENTICATED);
        assertOut(laptop);
        assertOut(phone);
        assertThat(me(issued)).isEqualTo(401);
        assertThat(next.find("type", "ready")).isPresent();
        assertThat(command(next, "1", "ping", "").path("type").asText()).isEqualTo("pong");
        assertThat(me(again.accessToken())).isEqualTo(200);
    }

    @Test
    void loggingOutClosesTheSocketsOfThatLogIn() {
        RawSocket here = connected(laptop);
        RawSocket there = connected(phone);

        ObjectNode body = JsonNodeFactory.instance.objectNode().put("refreshToken", phone.refreshToken());
        await(rest.call(HttpMethod.POST, "/auth/logout", null, body));

        assertThat(closeCode(there)).isEqualTo(UNAUTHENTICATED);
        assertOut(phone);
        assertThat(here.isToldToClose()).isFalse();
    }

    @Test
    void aRefreshTokenThatComesBackClosesTheSocketsOfThatLogIn() {
        String first = phone.refreshToken();
        await(phone.renew());
        RawSocket here = connected(laptop);
        RawSocket there = connected(phone);

        ObjectNode body = JsonNodeFactory.instance.objectNode().put("refreshToken", first);
        await(rest.call(HttpMethod.POST, "/auth/refresh", null, body));

        assertThat(closeCode(there)).isEqualTo(UNAUTHENTICATED);
        assertOut(phone);
        assertThat(here.isToldToClose()).isFalse();
    }

    @Test
    void aConnectionStaysWithItsLogIn() {
        RawSocket here = connected(laptop);

        await(laptop.renew());
        JsonNode own = command(here, "1", "renew", ",\"token\":\"" + laptop.accessToken() + "\"");
        JsonNode other = command(here, "2", "renew", ",\"token\":\"" + phone.accessToken() + "\"");

        assertThat(own.path("type").asText()).isEqualTo("ok");
        assertThat(other.at("/error/code").asText()).isEqualTo("forbidden");
    }
}
