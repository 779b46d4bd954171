package io.parley.abuse;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.Ids;
import io.parley.support.testing.client.CommandFailure;
import io.parley.support.testing.client.EventStream;
import io.parley.support.testing.client.LongPoll;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.node.RunningNode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What may be tried on event streams, polls and tickets. */
@ExtendWith(RunningNode.class)
class EventAbuseIT {
    private static final String EVENTS = "/api/v1/events";

    private final Intruder intruder;
    private final HttpClient http;

    EventAbuseIT(RunningNode.Site site) {
        this.intruder = new Intruder(site);
        this.http = site.clients().http();
    }

    @AfterEach
    void theNodeIsWell() {
        intruder.requireHealth();
        intruder.close();
    }

    private static String token(Person person) {
        return await(person.tokens().current());
    }

    /** A connection over which anything can be sent. */
    private final class Raw {
        final Buffer heard = Buffer.buffer();
        final AtomicBoolean closed = new AtomicBoolean();
        final NetSocket socket = await(intruder.network()
                .connect(
                        intruder.server().websocketPort(),
                        intruder.server().websocket().getHost()));

        Raw(String request) {
            socket.handler(bytes -> {
                synchronized (heard) {
                    heard.appendBuffer(bytes);
                }
            });
            socket.closeHandler(end -> closed.set(true));
            socket.exceptionHandler(reset -> {});
            var unused = socket.write(request);
        }

        String heard() {
            synchronized (heard) {
                return heard.toString();
            }
        }

        String untilClosed() {
            Intruder.patiently().untilTrue(closed);
            return heard();
        }
    }

    private static String get(String path, String... headers) {
        return request("GET", path, headers);
    }

    private static String request(String method, String path, String... headers) {
        StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        return request.append("\r\n").toString();
    }

    private static String authorization(String token) {
        return "Authorization: Bearer " + token;
    }

    private static int status(Future<?> call) {
        return call.map(200)
                .otherwise(failure -> ((CommandFailure) failure).status())
                .await();
    }

    @Test
    void whoDoesNotShowWhoHeIsGetsNothingAndLosesTheConnection() {
        String good = token(intruder.person());
        for (String header : List.of(
                "X-Nothing: here",
                "Authorization: Bearer",
                "Authorization: Basic bWFsbG9yeTo=",
                authorization("rubbish"),
                authorization(good.substring(0, good.length() - 4)),
                authorization("x".repeat(6_000)))) {
            for (String request : List.of(
                    get(EVENTS, header), get(EVENTS + "/poll", header), request("POST", EVENTS + "/tickets", header))) {
                assertThat(new Raw(request).untilClosed())
                        .as(request)
                        .startsWith("HTTP/1.1 401 ")
                        .contains("\"unauthenticated\"");
            }
        }
    }

    @Test
    void whatIsTooLongIsRefused() {
        String good = authorization(token(intruder.person()));

        assertThat(new Raw(get(EVENTS, good, "X-Long: " + "x".repeat(10_000))).untilClosed())
                .startsWith("HTTP/1.1 431 ");
        assertThat(new Raw(get(EVENTS + "?cursor=" + "x".repeat(10_000), good)).untilClosed())
                .contains(" 414 ");
        assertThat(new Raw(get(EVENTS + "?cursor=" + "A".repeat(1_025), good)).untilClosed())
                .startsWith("HTTP/1.1 400 ");
    }

    @Test
    void bodiesAreRefusedBeforeAnybodyReadsThem() {
        String good = authorization(token(intruder.person()));

        assertThat(new Raw(request("POST", EVENTS + "/tickets", good, "Content-Length: 1000000000")).untilClosed())
                .startsWith("HTTP/1.1 400 ");
        assertThat(new Raw(get(EVENTS, good, "Transfer-Encoding: chunked")).untilClosed())
                .startsWith("HTTP/1.1 400 ");
        assertThat(new Raw(request("DELETE", EVENTS, good)).untilClosed())
                .startsWith("HTTP/1.1 405 ")
                .containsIgnoringCase("allow: GET, OPTIONS");
    }

    @Test
    void aTicketIsGoodForOneStreamAndNothingElse() {
        String ticket = await(LongPoll.ticket(http, intruder.server(), token(intruder.person())));
        assertThat(new Raw(get(EVENTS + "/poll?ticket=" + ticket)).untilClosed())
                .startsWith("HTTP/1.1 401 ");
        assertThat(new Raw(request("POST", EVENTS + "/tickets?ticket=" + ticket)).untilClosed())
                .startsWith("HTTP/1.1 401 ");

        List<Integer> statuses = IntStream.range(0, 30)
                .mapToObj(i -> EventStream.open(http, intruder.server(), "?ticket=" + ticket, Map.of(), frame -> {}))
                .toList()
                .stream()
                .map(EventAbuseIT::status)
                .toList();

        assertThat(statuses).containsOnlyOnce(200).contains(401);
        assertThat(statuses.stream().filter(status -> status == 401)).hasSize(29);
    }

    @Test
    void whatIsNoTicketOpensNothing() {
        String good = await(LongPoll.ticket(http, intruder.server(), token(intruder.person())));
        byte[] altered = Base64.getUrlDecoder().decode(good);
        altered[31] ^= 1;
        for (String ticket : List.of(
                "",
                "x",
                "%00",
                "*",
                "..%2F..%2Fetc",
                token(intruder.person()),
                good.substring(1),
                Base64.getUrlEncoder().withoutPadding().encodeToString(altered))) {
            assertThat(new Raw(get(EVENTS + "?ticket=" + ticket)).untilClosed())
                    .as(ticket)
                    .startsWith("HTTP/1.1 401 ");
        }
        assertThat(new Raw(get(EVENTS + "?ticket=" + good)).untilClosed())
                .as("whoever guesses at a ticket uses it up")
                .startsWith("HTTP/1.1 401 ");
    }

    @Test
    void aTicketIsNoBetterThanItsToken() {
        Person bad = intruder.cast().person("bad");
        String ticket = await(LongPoll.ticket(http, intruder.server(), token(bad)));
        await(intruder.site().operator().setStatus(bad.id(), "suspended"));
        Intruder.patiently().until(() -> status(LongPoll.once(http, intruder.server(), token(bad), "", 0)) == 401);

        assertThat(new Raw(get(EVENTS + "?ticket=" + ticket)).untilClosed())
                .containsAnyOf("HTTP/1.1 401 ", "{\"type\":\"closed\",\"code\":4401,")
                .doesNotContain("\"ready\"");
    }

    @Test
    void theSessionOfSomebodyElseIsNotThereForOthers() {
        JsonNode victims = await(LongPoll.once(http, intruder.server(), token(intruder.victim()), "", 0));
        String cursor = victims.path("cursor").asText();

        JsonNode got = await(LongPoll.once(http, intruder.server(), token(intruder.person()), cursor, 0));
        await(intruder.cast().api(intruder.victim()).send(intruder.victimsGroup(), Ids.next(), "not for others"));
        JsonNode more = await(LongPoll.once(
                http,
                intruder.server(),
                token(intruder.person()),
                got.path("cursor").asText(),
                1));
        JsonNode his = await(LongPoll.once(http, intruder.server(), token(intruder.victim()), cursor, 20));

        assertThat(got.at("/events/0/user").asText())
                .isEqualTo(intruder.person().id().toString());
        assertThat(got.toString() + more)
                .doesNotContain(intruder.victimsGroup().toString())
                .doesNotContain("not for others");
        assertThat(his.toString()).contains("not for others");
    }

    @Test
    void whatSomebodyMakesOfAPollsCursorHarmsNobody() {
        String token = token(intruder.person());
        String cursor = await(LongPoll.once(http, intruder.server(), token, "", 0))
                .path("cursor")
                .asText();
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 57; i++) {
            byte[] bytes = Base64.getUrlDecoder().decode(cursor);
            bytes[i] ^= (byte) 0x80;
            String altered = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
            statuses.add(status(LongPoll.once(http, intruder.server(), token, altered, 0)));
        }

        assertThat(statuses).containsOnly(200, 400);
        assertThat(status(LongPoll.once(http, intruder.server(), token, cursor, 0)))
                .isEqualTo(200);
    }

    @Test
    void whoTalksOverAStreamIsCutOff() {
        Raw raw = new Raw(get(EVENTS, authorization(token(intruder.person()))));
        Intruder.patiently().until(() -> raw.heard().contains("\"ready\""));

        raw.socket.write("x");

        raw.untilClosed();
    }

    @Test
    void aSecondRequestBehindThatForAStreamIsNotAnswered() {
        String good = authorization(token(intruder.person()));

        Raw raw = new Raw(get(EVENTS, good) + get(EVENTS + "/poll?timeoutSeconds=0", good));
        Intruder.patiently().until(() -> raw.heard().contains("\"ready\""));
        await(intruder.cast().api(intruder.person()).send(intruder.ownGroup(), Ids.next(), "still a stream"));
        Intruder.patiently().until(() -> raw.heard().contains("still a stream"));

        assertThat(raw.heard().split("HTTP/1.1 ", -1)).hasSize(2);
        raw.socket.close();
    }

    @Test
    void whoAsksSlowlyOrNoMoreIsClosed() {
        Raw slow = new Raw("GET " + EVENTS + " HTTP/1.1\r\nX-");
        long timer = intruder.vertx().setPeriodic(500, tick -> slow.socket.write("x"));
        Raw idle = new Raw(get(EVENTS + "/poll?timeoutSeconds=0", authorization(token(intruder.person()))));

        for (Raw raw : List.of(slow, idle)) {
            Awaitility.await().atMost(Duration.ofSeconds(40)).untilTrue(raw.closed);
        }
        intruder.vertx().cancelTimer(timer);
        assertThat(slow.heard()).isEmpty();
        assertThat(idle.heard()).startsWith("HTTP/1.1 200 ").contains("\"events\"");
    }

    @Test
    void pagesOfForeignOriginsGetNothingAndThoseOfThisHostWhatTheyNeed() {
        String good = authorization(token(intruder.person()));
        String poll = EVENTS + "/poll?timeoutSeconds=0";

        for (String origin :
                List.of("http://evil.example", "null", "http://127.0.0.1.evil.example", "http://127.0.0.1 x")) {
            assertThat(new Raw(get(poll, good, "Origin: " + origin)).untilClosed())
                    .as(origin)
                    .startsWith("HTTP/1.1 403 ")
                    .doesNotContainIgnoringCase("access-control");
        }
        Raw allowed = new Raw(get(EVENTS, good, "Origin: http://127.0.0.1:8080"));
        Intruder.patiently().until(() -> allowed.heard().contains("\"ready\""));
        assertThat(allowed.heard()).containsIgnoringCase("access-control-allow-origin: http://127.0.0.1:8080\r\n");
        Raw preflight = new Raw(request(
                "OPTIONS",
                EVENTS + "/tickets",
                "Origin: http://127.0.0.1:8080",
                "Access-Control-Request-Method: POST",
                "Access-Control-Request-Headers: authorization"));
        Intruder.patiently().until(() -> preflight.heard().contains("\r\n\r\n"));
        assertThat(preflight.heard())
                .startsWith("HTTP/1.1 204 ")
                .containsIgnoringCase("access-control-allow-methods: POST\r\n")
                .containsIgnoringCase("access-control-allow-headers: Authorization,")
                .containsIgnoringCase("vary: Origin");
        allowed.socket.close();
    }

    /** More than one address may have of those who are unknown, so that places which were not given back would be missed. */
    @Test
    void whoeverGoesAtOnceLeavesHisPlace() {
        String good = get(EVENTS, authorization(token(intruder.person())));
        for (int i = 0; i < 2_500; i++) {
            NetSocket socket = await(intruder.network()
                    .connect(
                            intruder.server().websocketPort(),
                            intruder.server().websocket().getHost()));
            var unused = socket.write(good);
            await(socket.close());
        }

        Intruder.patiently().untilAsserted(() -> intruder.requireHealth());
    }
}
