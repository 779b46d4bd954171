package io.parley.fault;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.Ids;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.EventStream;
import io.parley.support.testing.client.LongPoll;
import io.parley.support.testing.client.Person;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventStreamFaultIT {
    private static final String LONG_TEXT = "x".repeat(16_000);
    private static final int MESSAGES = 1_500;

    private final Battlefield field = Battlefield.open();
    private final Cast cast = new Cast(field.clients(), field.operator());

    @AfterEach
    void clear() {
        cast.close();
        field.close();
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(60));
    }

    private EventStream stream(Person person) {
        Map<String, String> headers =
                Map.of("authorization", "Bearer " + await(person.tokens().current()));
        EventStream stream =
                await(EventStream.open(field.clients().http(), field.node().endpoints(), "", headers, frame -> {}));
        soon().until(() -> !stream.frames("ready").isEmpty());
        return stream;
    }

    private Future<JsonNode> poll(Person person, String cursor, int seconds) {
        String token = await(person.tokens().current());
        return LongPoll.once(field.clients().http(), field.node().endpoints(), token, cursor, seconds);
    }

    private void flood(Person sender, UUID group) {
        List<Future<JsonNode>> sends = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            sends.add(cast.api(sender).send(group, Ids.next(), i + LONG_TEXT));
        }
        sends.forEach(Cast::await);
    }

    @Test
    void whoDoesNotReadOrComeIsGivenUpAndNobodyElseFeelsIt() {
        List<Person> people = cast.people(List.of("alice", "bob", "sleepy", "absent"));
        UUID group = cast.group(people.get(0), people.get(1), people.get(2), people.get(3));
        EventStream bob = stream(people.get(1));
        EventStream sleepy = stream(people.get(2));
        String absent = await(poll(people.get(3), "", 0)).path("cursor").asText();

        sleepy.pause();
        flood(people.get(0), group);
        soon().until(() -> bob.frames("message.created").size() == MESSAGES);
        sleepy.resume();
        await(sleepy.ended());
        JsonNode resumed = await(poll(people.get(3), absent, 0));

        assertThat(sleepy.frames("message.created").size()).isLessThan(MESSAGES);
        assertThat(sleepy.lastId()).isNotEmpty();
        assertThat(resumed.at("/events/0/type").asText()).isEqualTo("ready");
        assertThat(resumed.at("/events/0/changed/0/lastNumber").asInt()).isEqualTo(MESSAGES);
        assertThat(bob.ended().isComplete()).isFalse();
        bob.cut();
    }

    /** More comes at once than may be kept, so what the waiting poll would have got has holes. */
    @Test
    void aPollThatWaitsWhenTooMuchComesResumes() {
        List<Person> people = cast.people(List.of("alice", "bob"));
        UUID group = cast.group(people.get(0), people.get(1));
        String cursor = await(poll(people.get(1), "", 0)).path("cursor").asText();
        long known = 0;
        Future<JsonNode> next = poll(people.get(1), cursor, 20);
        flood(people.get(0), group);

        while (known < MESSAGES) {
            JsonNode answer = await(next);
            for (JsonNode event : answer.path("events")) {
                switch (event.path("type").asText()) {
                    case "ready" ->
                        known = Math.max(
                                known, event.at("/changed/0/lastNumber").asLong());
                    case "message.created" -> {
                        long number = event.at("/message/number").asLong();
                        assertThat(number).isLessThanOrEqualTo(known + 1);
                        known = Math.max(known, number);
                    }
                    default -> {}
                }
            }
            next = poll(people.get(1), answer.path("cursor").asText(), 20);
        }

        assertThat(known).isEqualTo(MESSAGES);
    }

    @Test
    void aNodeThatStopsTellsEverybodyWhenToComeBack() {
        Person person = cast.person("alice");
        EventStream stream = stream(person);
        String cursor = await(poll(person, "", 0)).path("cursor").asText();
        Future<JsonNode> one = poll(person, cursor, 60);
        Future<JsonNode> other = poll(person, cursor, 60);
        // The later of two ends the one before: when one is answered, the other has arrived.
        await(Future.any(one, other));
        Future<JsonNode> waiting = one.isComplete() ? other : one;

        int status = field.node().terminate();

        await(stream.ended());
        assertThat(status).isIn(0, 143);
        assertThat(stream.frames().stream().map(frame -> frame.path("type").asText()))
                .containsExactly("ready", "goaway", "closed");
        assertThat(stream.frames("closed").getFirst().path("code").asInt()).isEqualTo(1012);
        assertThat(stream.retryMs())
                .isEqualTo(
                        stream.frames("goaway").getFirst().path("retryAfterMs").asLong());
        assertThat(await(waiting).path("events").findValuesAsText("type")).containsExactly("goaway", "closed");
    }
}
