package io.parley.server.cluster;

import static io.parley.server.cluster.TestMember.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.parley.bus.Action;
import io.parley.bus.Frame;
import io.parley.bus.PersonalFrame;
import io.parley.bus.Registration;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.VerticleKind;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterIT {
    private static final int PORT = TestMember.freePort();

    private TestMember first;
    private TestMember second;

    record Question(int number, Buffer bytes) {}

    record Reply(int number, Buffer bytes) {}

    @BeforeAll
    void start() {
        first = new TestMember(PORT, Map.of());
        second = new TestMember(PORT, Map.of());
        await().untilAsserted(() -> {
            assertThat(first.present()).containsExactlyInAnyOrder(first.id(), second.id());
            assertThat(second.present()).containsExactlyInAnyOrder(first.id(), second.id());
        });
    }

    @AfterAll
    void stop() {
        second.stop();
        first.stop();
    }

    private static Action<Question, Reply> action(String name) {
        return Action.of(name, Question.class, Reply.class);
    }

    @Test
    void whatNobodyHereAnswersIsAskedOfAnotherNode() {
        Action<Question, Reply> ask = action("test.elsewhere");
        await(second.bus
                .answer(ask, question -> Future.succeededFuture(new Reply(question.number() + 1, question.bytes())))
                .completed());

        Reply reply = await(first.bus.ask(ask, new Question(41, Buffer.buffer("bytes"))));

        assertThat(reply).isEqualTo(new Reply(42, Buffer.buffer("bytes")));
    }

    @Test
    void whatIsAnsweredHereIsNotAskedOfAnother() {
        Action<Question, Reply> ask = action("test.here");
        for (TestMember member : List.of(first, second)) {
            await(member.bus
                    .answer(
                            ask,
                            question -> Future.succeededFuture(new Reply(member == first ? 1 : 2, question.bytes())))
                    .completed());
        }
        for (int i = 0; i < 10; i++) {
            assertThat(await(first.bus.ask(ask, new Question(i, Buffer.buffer())))
                            .number())
                    .isEqualTo(1);
        }
    }

    @Test
    void anErrorCrossesBetweenNodes() {
        Action<Question, Reply> ask = action("test.error");
        await(second.bus
                .answer(ask, question -> Future.failedFuture(AppError.field("a", "range", "too far")))
                .completed());

        AppError error =
                catchThrowableOfType(AppError.class, () -> await(first.bus.ask(ask, new Question(1, Buffer.buffer()))));

        assertThat(error.code()).isEqualTo(ErrorCode.VALIDATION_FAILED);
        assertThat(error.errors()).containsExactly(new AppError.FieldError("a", "range", "too far"));
    }

    @Test
    void aNodeWithoutLanesUsesThoseOfAnotherInOrder() {
        Action<Question, Reply> ask = action("test.lanes");
        List<Integer> seen = new CopyOnWriteArrayList<>();
        for (int lane = 0; lane < 2; lane++) {
            second.bus.answer(ask, lane, question -> {
                seen.add(question.number());
                return Future.succeededFuture(new Reply(question.number(), question.bytes()));
            });
        }
        second.lanes(2);
        await().untilAsserted(() ->
                assertThat(first.peers.running(VerticleKind.PERSISTENCE)).containsExactly(second.id()));
        await(first.bus.lanes(0, first.peers.running(VerticleKind.PERSISTENCE)));
        UUID key = UUID.randomUUID();

        Promise<Void> asked = Promise.promise();
        first.cluster
                .vertx()
                .getOrCreateContext()
                .runOnContext(ignored -> Future.all(IntStream.range(0, 500)
                                .mapToObj(i -> first.bus.ask(ask, key, new Question(i, Buffer.buffer("x"))))
                                .toList())
                        .<Void>mapEmpty()
                        .onComplete(asked));
        await(asked.future());

        assertThat(seen)
                .containsExactlyElementsOf(IntStream.range(0, 500).boxed().toList());
    }

    @Test
    void eventsReachWhoeverListensOnEitherAddress() {
        UUID awake = UUID.randomUUID();
        List<Frame> everywhere = new CopyOnWriteArrayList<>();
        List<Frame> own = new CopyOnWriteArrayList<>();
        List<PersonalFrame> personal = new CopyOnWriteArrayList<>();
        await(second.bus.onFrame(everywhere::add).completed());
        await(second.bus.onFrame(awake, own::add).completed());
        await(second.bus.onPersonalFrame(personal::add).completed());

        Frame frame = new Frame(
                awake,
                7,
                3,
                List.of(new Frame.Joining(new UUID(0, 1), 5)),
                List.of(new UUID(0, 2)),
                Buffer.buffer("{}"),
                0);
        first.bus.events().publish(frame);
        first.bus.events().publish(new PersonalFrame(new UUID(1, 1), 3, true, Buffer.buffer("{}")));

        await().untilAsserted(() -> {
            assertThat(everywhere).contains(frame);
            assertThat(personal).hasSize(1);
        });
        talk(awake);
        await().untilAsserted(() -> assertThat(own).isNotEmpty());
    }

    @Test
    void eventsThatWereCommittedTogetherArriveTogetherAndInOrder() {
        List<Frame> arrived = new CopyOnWriteArrayList<>();
        await(second.bus.onFrame(arrived::add).completed());
        List<Frame> frames = IntStream.rangeClosed(1, 100)
                .mapToObj(i -> Frame.of(new UUID(3, i % 7), i, i, Buffer.buffer("{\"n\":" + i + "}"), 0))
                .toList();

        first.bus.events().publish(frames);

        await().until(() -> arrived.size() >= frames.size());
        assertThat(arrived).isEqualTo(frames);
    }

    /** Until the conversation is taken for awake. */
    private void talk(UUID conversation) {
        for (int i = 0; i < 14; i++) {
            first.bus.events().publish(Frame.of(conversation, 8 + i, 4 + i, Buffer.buffer("{}"), 0));
            await(first.cluster.vertx().timer(500));
        }
    }

    /** Frames of two seconds and more, in the midst of which the registrations are renewed. */
    @Test
    void aRenewalOfWhatListensMissesNothingAndRevivesNothing() {
        Set<Long> kept = ConcurrentHashMap.newKeySet();
        Set<Long> ended = ConcurrentHashMap.newKeySet();
        await(second.bus
                .onPersonalFrame(frame -> kept.add(frame.user().getLeastSignificantBits()))
                .completed());
        Registration ending =
                second.bus.onPersonalFrame(frame -> ended.add(frame.user().getLeastSignificantBits()));
        await(ending.completed());
        await(ending.end());

        second.bus.renew();
        Set<Long> sent = LongStream.range(0, 300).boxed().collect(Collectors.toSet());
        for (long number : sent) {
            first.bus.events().publish(new PersonalFrame(new UUID(2, number), 1, true, Buffer.buffer("{}")));
            await(first.cluster.vertx().timer(10));
        }

        await().untilAsserted(() -> assertThat(kept).containsAll(sent));
        assertThat(ended).isEmpty();
    }

    @Test
    void oneNodeCanBeAskedByName() {
        Action<Question, Reply> ask = action("test.named");
        for (TestMember member : List.of(first, second)) {
            await(member.bus
                    .answerAsNode(
                            ask,
                            question -> Future.succeededFuture(new Reply(member == first ? 1 : 2, question.bytes())))
                    .completed());
        }
        assertThat(await(first.bus.askNode(ask, second.id(), new Question(0, Buffer.buffer())))
                        .number())
                .isEqualTo(2);
        assertThat(await(first.bus.askNode(ask, first.id(), new Question(0, Buffer.buffer())))
                        .number())
                .isEqualTo(1);
    }

    @Test
    void aMemberThatLeavesIsMissedAtOnce() {
        TestMember third = new TestMember(PORT, Map.of());
        await().untilAsserted(() -> assertThat(first.present()).contains(third.id()));

        third.stop();

        await().atMost(Duration.ofSeconds(3))
                .untilAsserted(() -> assertThat(first.present()).doesNotContain(third.id()));
    }

    @Test
    void aClusterOfAnotherNameIsLeftAlone() {
        TestMember stranger = new TestMember(PORT, Map.of("PARLEY_CLUSTER_NAME", "others"));
        try {
            await().during(Duration.ofSeconds(2))
                    .untilAsserted(() -> assertThat(stranger.present()).containsExactly(stranger.id()));
        } finally {
            stranger.stop();
        }
    }

    @Test
    void overTlsNodesHearOnlyThoseWithACertificate(@TempDir Path directory) {
        int port = TestMember.freePort();
        Certificates certificates = Certificates.make(directory, "node");
        Map<String, String> tls = tls(certificates, certificates);
        TestMember one = new TestMember(port, tls);
        TestMember two = new TestMember(port, tls);
        TestMember stranger = new TestMember(port, tls(Certificates.make(directory, "stranger"), certificates));
        try {
            await().untilAsserted(() -> assertThat(one.present()).contains(two.id()));
            await().during(Duration.ofSeconds(3)).untilAsserted(() -> {
                assertThat(one.present()).doesNotContain(stranger.id());
                assertThat(stranger.present()).containsExactly(stranger.id());
            });
        } finally {
            stranger.stop();
            two.stop();
            one.stop();
        }
    }

    private static Map<String, String> tls(Certificates own, Certificates trusted) {
        return Map.of(
                "PARLEY_CLUSTER_TLSKEY", own.key().toString(),
                "PARLEY_CLUSTER_TLSCERTIFICATE", own.certificate().toString(),
                "PARLEY_CLUSTER_TLSAUTHORITIES", trusted.certificate().toString());
    }
}
