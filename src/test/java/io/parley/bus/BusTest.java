package io.parley.bus;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BusTest {
    private static final int LANES = 4;
    private static final Action<Question, Reply> ASK = Action.of("test.ask", Question.class, Reply.class);

    private final Vertx vertx = Vertx.vertx();
    private Bus bus;

    record Question(long number) {}

    record Reply(long number, List<String> words) {}

    @BeforeEach
    void start() {
        bus = Bus.alone(vertx, LANES);
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().await(5, SECONDS);
    }

    private Reply ask(long number) throws Exception {
        return bus.ask(ASK, new Question(number)).await(5, SECONDS);
    }

    private AppError refusal() {
        return catchThrowableOfType(AppError.class, () -> ask(1));
    }

    @Test
    void aQuestionIsAnswered() throws Exception {
        bus.answer(ASK, question -> Future.succeededFuture(new Reply(question.number() + 1, List.of("a"))))
                .completed()
                .await(5, SECONDS);

        assertThat(ask(41)).isEqualTo(new Reply(42, List.of("a")));
    }

    @Test
    void insideANodeRecordsAreHandedOverAsTheyAre() throws Exception {
        Reply reply = new Reply(1, new ArrayList<>());
        bus.answer(ASK, question -> Future.succeededFuture(reply)).completed().await(5, SECONDS);

        assertThat(ask(1)).isSameAs(reply);
    }

    @Test
    void anErrorCrossesWithEverythingThatTheCallerMayKnow() throws Exception {
        AppError invalid = AppError.restored(
                ErrorCode.VALIDATION_FAILED,
                "Nicht gut: 😀",
                List.of(
                        new AppError.FieldError("a", "type", "must be a \"text\""),
                        new AppError.FieldError("b[0].c", "range", "too far")),
                1234L);
        bus.answer(ASK, question -> Future.failedFuture(invalid)).completed().await(5, SECONDS);

        assertThat(refusal())
                .extracting(AppError::code, AppError::detail, AppError::errors, AppError::retryAfterMs)
                .containsExactly(invalid.code(), invalid.detail(), invalid.errors(), 1234L);
    }

    @Test
    void everyCodeCrosses() throws Exception {
        Iterator<ErrorCode> codes = List.of(ErrorCode.values()).iterator();
        bus.answer(ASK, question -> Future.failedFuture(AppError.of(codes.next())))
                .completed()
                .await(5, SECONDS);

        for (ErrorCode code : ErrorCode.values()) {
            assertThat(refusal().code()).isEqualTo(code);
        }
    }

    @Test
    void whatAnAnswererThrowsIsItsAnswer() throws Exception {
        bus.answer(ASK, question -> {
                    throw AppError.of(ErrorCode.CONFLICT);
                })
                .completed()
                .await(5, SECONDS);

        assertThat(refusal().code()).isEqualTo(ErrorCode.CONFLICT);
    }

    @Test
    void aDefectBecomesInternalAndTellsNothing() throws Exception {
        bus.answer(ASK, question -> {
                    throw new IllegalStateException("password is hunter2");
                })
                .completed()
                .await(5, SECONDS);

        AppError error = refusal();

        assertThat(error.code()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(error.detail()).isEqualTo(ErrorCode.INTERNAL.title());
    }

    @Test
    void aQuestionThatNobodyAnswersIsUnavailable() {
        AppError error = refusal();

        assertThat(error.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(error.retryAfterMs()).isPositive();
    }

    @Test
    void aKeyAlwaysLeadsToTheSameLaneAndAllLanesAreUsed() throws Exception {
        for (int lane = 0; lane < LANES; lane++) {
            long own = lane;
            bus.answer(ASK, lane, question -> Future.succeededFuture(new Reply(own, List.of())))
                    .completed()
                    .await(5, SECONDS);
        }
        List<Long> lanes = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            UUID key = UUID.randomUUID();
            lanes.add(bus.ask(ASK, key, new Question(0)).await(5, SECONDS).number());
            assertThat(bus.ask(ASK, key, new Question(1)).await(5, SECONDS).number())
                    .isEqualTo(lanes.getLast());
        }
        assertThat(lanes).contains(0L, 1L, 2L, 3L);
    }

    @Test
    void lanesSpreadKeysEvenly() {
        int[] keys = new int[LANES];
        for (int i = 0; i < 40_000; i++) {
            keys[new Lanes.Way(LANES, List.of()).lane(UUID.randomUUID())]++;
        }
        assertThat(Arrays.stream(keys).min().orElseThrow()).isGreaterThan(9_000);
    }

    @Test
    void questionsPipelinedByOneLoopToOneLaneArriveInOrder() throws Exception {
        List<Long> seen = new CopyOnWriteArrayList<>();
        UUID key = UUID.randomUUID();
        vertx.deployVerticle(context -> bus.answer(ASK, new Lanes.Way(LANES, List.of()).lane(key), question -> {
                            seen.add(question.number());
                            return Future.succeededFuture(new Reply(question.number(), List.of()));
                        })
                        .completed())
                .await(5, SECONDS);

        Promise<Void> asked = Promise.promise();
        vertx.getOrCreateContext().runOnContext(ignored -> {
            List<Future<Reply>> replies = IntStream.range(0, 1_000)
                    .mapToObj(i -> bus.ask(ASK, key, new Question(i)))
                    .toList();
            Future.all(replies).<Void>mapEmpty().onComplete(asked);
        });
        asked.future().await(5, SECONDS);

        assertThat(seen)
                .containsExactlyElementsOf(LongStream.range(0, 1_000).boxed().toList());
    }

    @Test
    void framesReachEverySubscriberInOrderAndByReference() throws Exception {
        List<Frame> first = new CopyOnWriteArrayList<>();
        List<Frame> second = new CopyOnWriteArrayList<>();
        List<PersonalFrame> personal = new CopyOnWriteArrayList<>();
        bus.onFrame(first::add).completed().await(5, SECONDS);
        bus.onFrame(second::add).completed().await(5, SECONDS);
        bus.onPersonalFrame(personal::add).completed().await(5, SECONDS);
        List<Frame> frames = LongStream.rangeClosed(1, 100)
                .mapToObj(version -> Frame.of(new UUID(7, 7), version, version, Buffer.buffer("{}"), 0))
                .toList();

        frames.forEach(bus.events()::publish);
        bus.events().publish(new PersonalFrame(new UUID(1, 1), 3, true, Buffer.buffer("{}")));

        await().untilAsserted(() -> {
            assertThat(first).isEqualTo(frames).first().isSameAs(frames.getFirst());
            assertThat(second).isEqualTo(frames);
            assertThat(personal)
                    .extracting(PersonalFrame::userVersion, PersonalFrame::closing)
                    .containsExactly(tuple(3L, Closing.ALL));
        });
    }
}
