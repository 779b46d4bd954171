package io.parley.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.bus.Frame;
import io.parley.server.auth.Principal;
import io.parley.support.Json;
import io.parley.support.testing.NoLimits;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PollConnectionTest {
    private static final UUID ADA = new UUID(0, 11);
    private static final UUID ROOM = new UUID(0, 100);
    private static final Principal CALLER = new Principal(Lab.TENANT, ADA, Instant.parse("9999-12-31T00:00:00Z"));
    private static final HubActions.Position BEFORE = new HubActions.Position(Lab.EPOCH, 3, 40);
    private static final int LONG = 60_000;

    private final Lab lab = new Lab(1);
    private final AtomicInteger closed = new AtomicInteger();
    private final AtomicInteger overtaken = new AtomicInteger();
    private final SessionServices services = new SessionServices(
            (ContextInternal) lab.context(0),
            lab.config.session(),
            lab.loops.getFirst(),
            lab.hub,
            new Flusher(lab.context(0)),
            new Entrance(
                    lab.loops.getFirst(),
                    lab.hub,
                    lab.bus,
                    new TokenBook(token -> Future.succeededFuture(CALLER)),
                    lab.config),
            new CommandRouter(NoLimits.limits()),
            lab.bus,
            new TokenBook(token -> Future.succeededFuture(CALLER)),
            lab.metrics);
    private final PollConnection connection = new PollConnection(
            services, new Place(services, "here", Place.Kind.POLL), gone -> closed.incrementAndGet());
    private volatile boolean changed;
    private volatile int others;

    @BeforeEach
    void answer() {
        lab.answer(
                HubActions.MEMBERSHIPS,
                people -> Future.succeededFuture(new HubActions.MembershipLists(people.people().stream()
                        .map(person -> new HubActions.Rooms(List.of(ROOM), List.of()))
                        .toList())));
        lab.answer(
                HubActions.HEADS,
                people -> Future.succeededFuture(new HubActions.HeadLists(
                        Lab.EPOCH,
                        50,
                        people.people().stream()
                                .map(person ->
                                        new HubActions.AccountHeads(true, 3, heads(), List.of(), List.of(), true))
                                .toList())));
    }

    private List<HubActions.Head> heads() {
        List<HubActions.Head> heads = new ArrayList<>();
        heads.add(new HubActions.Head(ROOM, 5, 5, 0, null, changed, 0));
        for (int i = 0; i < others; i++) {
            heads.add(new HubActions.Head(new UUID(1, i), 5, 5, 0, null, true, 0));
        }
        return heads;
    }

    @AfterEach
    void stop() {
        lab.close();
    }

    private void begin(HubActions.@Nullable Position since) {
        Lab.await(lab.onLoop(0, () -> connection.begin(CALLER, since)));
        lab.settle();
    }

    private Poll poll(long after, long timeoutMs) {
        Poll poll = new Poll(lab.context(0), CALLER, after, timeoutMs, overtaken::incrementAndGet);
        lab.onLoop(0, () -> connection.take(poll));
        lab.settle();
        return poll;
    }

    private static JsonNode answerOf(Poll poll) {
        return Json.parse(Lab.await(poll.outcome()).orElseThrow().getBytes());
    }

    private static List<String> types(Poll poll) {
        List<String> types = new ArrayList<>();
        answerOf(poll)
                .path("events")
                .forEach(event -> types.add(event.path("type").asText()));
        return types;
    }

    private static long last(Poll poll) {
        Cursor.Kept kept = Cursor.kept(answerOf(poll).path("cursor").asText());
        return kept == null ? -1 : kept.event();
    }

    private void publish(long version, int length) {
        Buffer event = Buffer.buffer("{\"type\":\"event\",\"n\":\"" + "x".repeat(length) + "\"}");
        lab.bus.events().publish(Frame.of(ROOM, version, version, event, 0));
        lab.settle();
    }

    @Test
    void whoKnowsNothingIsAnsweredAtOnce() {
        begin(null);

        assertThat(types(poll(0, LONG))).containsExactly("ready");
    }

    @Test
    void whoMissedNothingWaitsUntilThereIsSomething() {
        begin(BEFORE);
        Poll waiting = poll(0, LONG);
        assertThat(waiting.outcome().isComplete()).isFalse();

        publish(6, 1);

        assertThat(types(waiting)).containsExactly("ready", "event");
        assertThat(last(waiting)).isEqualTo(2);
    }

    @Test
    void whoMissedSomethingOrComesFromAnotherEpochIsAnsweredAtOnce() {
        begin(new HubActions.Position(UUID.randomUUID(), 3, 40));

        assertThat(types(poll(0, LONG))).containsExactly("ready");
    }

    @Test
    void whatChangedIsTold() {
        changed = true;
        begin(BEFORE);

        assertThat(types(poll(0, LONG))).containsExactly("ready");
    }

    /** Whatever he is told of at the beginning: he could not come back with less. */
    @Test
    void whoIsInVeryManyConversationsIsToldOfAllOfThem() {
        others = 15_000;
        begin(null);

        Poll first = poll(0, LONG);

        assertThat(Lab.await(first.outcome()).orElseThrow().length())
                .isGreaterThan(lab.config.session().outboundBytes());
        List<JsonNode> events = new ArrayList<>();
        answerOf(first).path("events").forEach(events::add);
        assertThat(events.stream()
                        .mapToInt(event -> event.path("changed").size())
                        .sum())
                .isEqualTo(others + 1);
        assertThat(events.getLast().path("complete").asBoolean()).isTrue();
        publish(6, 1);
        assertThat(types(poll(last(first), LONG))).containsExactly("event");
    }

    @Test
    void aPollIsAnsweredWhenItsTimeIsOver() {
        begin(null);
        poll(0, 0);

        Poll waiting = poll(1, 50);

        assertThat(types(waiting)).isEmpty();
        assertThat(last(waiting)).isEqualTo(1);
    }

    @Test
    void whatComesTogetherIsAnsweredTogetherAndAgainUntilItIsAcknowledged() {
        begin(null);
        poll(0, 0);
        publish(6, 1);
        publish(7, 1);

        assertThat(types(poll(1, LONG))).containsExactly("event", "event");
        assertThat(types(poll(1, LONG))).containsExactly("event", "event");
        assertThat(types(poll(2, LONG))).containsExactly("event");
        assertThat(Lab.await(poll(1, LONG).outcome())).as("forgotten").isEmpty();
        assertThat(Lab.await(poll(9, LONG).outcome())).as("never been").isEmpty();
    }

    @Test
    void aNewerPollEndsTheOneThatWaitsAndTheAnswerOnItsWay() {
        begin(null);
        poll(0, LONG);
        Poll waiting = poll(1, LONG);
        assertThat(overtaken).as("the first answer is not needed any more").hasValue(1);

        Poll newer = poll(1, LONG);
        assertThat(types(waiting)).isEmpty();
        publish(6, 1);

        assertThat(types(newer)).containsExactly("event");
    }

    /** The position would speak of events that nobody has got. */
    @Test
    void whoWaitsWhenTooMuchComesAtOnceIsNotAnswered() {
        begin(null);
        poll(0, 0);
        Poll waiting = poll(1, LONG);
        Buffer half = Buffer.buffer("\"" + "x".repeat(lab.config.session().outboundBytes() / 2) + "\"");

        // A repaired range, and in the same turn of the loop what follows it.
        lab.onLoop(0, () -> {
            Session session = connection.session();
            for (int i = 0; i < 3; i++) {
                session.send(TextFrame.of(half));
            }
        });

        assertThat(Lab.await(waiting.outcome())).isEmpty();
        assertThat(closed).hasValue(1);
        assertThat(Lab.await(poll(1, LONG).outcome())).isEmpty();
    }

    @Test
    void whoWaitsIsToldOfTheEnd() {
        begin(null);
        poll(0, 0);
        Poll waiting = poll(1, LONG);

        lab.onLoop(0, () -> connection.close(CloseCode.UNAUTHENTICATED));

        assertThat(answerOf(waiting).at("/events/0/code").asInt()).isEqualTo(4401);
        assertThat(closed).hasValue(1);
        lab.settle();
        assertThat(lab.hub.sessions()).isZero();
    }

    @Test
    void whoDoesNotComeForTwoAndAHalfHeartbeatsIsGone() {
        begin(null);
        poll(0, 0);
        long patience = lab.config.session().heartbeatMs() * 5 / 2;
        long now = System.nanoTime();

        lab.onLoop(0, () -> connection.check(now + TimeUnit.MILLISECONDS.toNanos(patience - 1_000), 0));
        assertThat(closed).hasValue(0);
        lab.onLoop(0, () -> connection.check(now + TimeUnit.MILLISECONDS.toNanos(patience + 5_000), 0));

        assertThat(closed).hasValue(1);
        Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> lab.hub.sessions() == 0);
    }

    @Test
    void whoWaitsIsNotGoneHoweverLong() {
        begin(null);
        poll(0, 0);
        poll(1, LONG);

        lab.onLoop(0, () -> connection.check(System.nanoTime() + TimeUnit.HOURS.toNanos(1), 0));

        assertThat(closed).hasValue(0);
    }
}
