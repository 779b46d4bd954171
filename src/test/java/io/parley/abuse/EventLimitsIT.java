package io.parley.abuse;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.ClientHost;
import io.parley.support.testing.client.CommandFailure;
import io.parley.support.testing.client.EventStream;
import io.parley.support.testing.client.LongPoll;
import io.parley.support.testing.client.OperatorApi;
import io.parley.support.testing.client.ParleyClient;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.node.NodeConfig;
import io.parley.support.testing.node.RunningNode;
import io.parley.support.testing.node.TestNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Limits of sessions count for all of them, whatever they are held over. */
class EventLimitsIT {
    private static final int MOST = 5;
    private static final int A_MINUTE = 60;

    private final Path data = directory();
    private final TestNode node = TestNode.start(NodeConfig.on(data)
            .with("session.maxSessions", "" + MOST)
            .with("session.maxSessionsPerUser", "2")
            .with("session.heartbeatMs", "1000")
            .with("limits.requestsPerMinute", "" + A_MINUTE)
            .with("limits.pollsPerMinute", "" + A_MINUTE));
    private final Vertx vertx = Vertx.vertx();
    private final ClientHost clients = new ClientHost(vertx, node.endpoints());
    private final Cast cast = new Cast(clients, new OperatorApi(clients.rest(), node.operatorKey()));

    private static Path directory() {
        try {
            return Files.createTempDirectory("parley-limits-");
        } catch (IOException failed) {
            throw new IllegalStateException("no data directory", failed);
        }
    }

    @AfterEach
    void clear() {
        cast.close();
        clients.close();
        vertx.close().await();
        node.close();
        RunningNode.delete(data);
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(20));
    }

    private Future<EventStream> stream(Person person) {
        Map<String, String> headers =
                Map.of("authorization", "Bearer " + await(person.tokens().current()));
        return EventStream.open(clients.http(), node.endpoints(), "", headers, frame -> {});
    }

    private Future<JsonNode> poll(Person person) {
        return LongPoll.once(
                clients.http(), node.endpoints(), await(person.tokens().current()), "", 0);
    }

    private static CommandFailure failure(Future<?> call) {
        Future<Throwable> failed = call.transform(done -> Future.succeededFuture(done.cause()));
        return (CommandFailure) await(failed);
    }

    private double sessions(String kind) {
        String figures = await(clients.rest()
                        .call(HttpMethod.GET, "/config", null, null)
                        .compose(any -> vertx.createHttpClient()
                                .request(
                                        HttpMethod.GET,
                                        node.endpoints().management().getPort(),
                                        node.endpoints().management().getHost(),
                                        "/metrics")
                                .compose(request -> request.send())
                                .compose(response -> response.body())))
                .toString();
        return figures.lines()
                .filter(line -> line.startsWith("parley_sessions_held{kind=\"" + kind + "\"}"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    @Test
    void aFullNodeSaysSoAndNamesADelay() {
        List<Person> people = cast.people(List.of("a", "b", "c", "d", "e", "f"));
        ParleyClient socket = cast.connected(people.get(0), "phone");
        List<EventStream> streams = new ArrayList<>();
        for (int i = 1; i < 4; i++) {
            streams.add(await(stream(people.get(i))));
        }
        await(poll(people.get(4)));
        soon().until(() -> sessions("websocket") == 1 && sessions("stream") == 3 && sessions("poll") == 1);

        CommandFailure streamRefused = failure(stream(people.get(5)));
        CommandFailure pollRefused = failure(poll(people.get(5)));

        assertThat(List.of(streamRefused.status(), pollRefused.status())).containsOnly(503);
        assertThat(streamRefused.code()).isEqualTo("unavailable");
        assertThat(streamRefused.retryAfterMs()).isPositive();
        streams.getFirst().cut();
        soon().until(() -> stream(people.get(5)).map(true).otherwise(false).await());
        assertThat(await(socket.closeCodes())).isEmpty();
        soon().untilAsserted(() -> assertThat(sessions("stream")).isEqualTo(3));
    }

    /** Two and a half heartbeats. */
    @Test
    void aSessionThatNobodyComesForIsGivenUp() {
        Person person = cast.person("gone");
        await(poll(person));
        soon().until(() -> sessions("poll") == 1);

        soon().until(() -> sessions("poll") == 0);
    }

    @Test
    void theOldestOfTooManySessionsOfAPersonGivesWay() {
        Person person = cast.person("many");
        EventStream first = await(stream(person));
        soon().until(() -> !first.frames("ready").isEmpty());
        EventStream second = await(stream(person));
        soon().until(() -> !second.frames("ready").isEmpty());

        ParleyClient third = cast.connected(person, "phone");

        await(first.ended());
        assertThat(first.frames("closed").getFirst().path("code").asInt()).isEqualTo(4409);
        assertThat(second.ended().isComplete()).isFalse();
        assertThat(await(third.isReady())).isTrue();
    }

    private static CommandFailure firstRefusal(Supplier<Future<?>> asking) {
        for (int i = 0; i < 2 * A_MINUTE; i++) {
            Future<?> asked = asking.get();
            if (asked.transform(done -> Future.succeededFuture(done.failed())).await()) {
                return failure(asked);
            }
        }
        throw new AssertionError("was never refused");
    }

    @Test
    void whoAsksTooOftenIsToldWhenToComeAgain() {
        Person person = cast.person("busy");

        CommandFailure ticketRefused = firstRefusal(() -> LongPoll.ticket(
                clients.http(), node.endpoints(), await(person.tokens().current())));
        CommandFailure pollRefused = firstRefusal(() -> poll(person));

        for (CommandFailure refused : List.of(ticketRefused, pollRefused)) {
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.retryAfterMs()).isPositive();
        }
    }
}
