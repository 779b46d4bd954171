package io.parley.features.receipts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.bus.Nothing;
import io.parley.features.receipts.ReceiptActions.Kind;
import io.parley.features.receipts.ReceiptActions.MarkUpTo;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MarkWriterTest {
    private static final int CAPACITY = 1_000;

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final UUID conversation = Ids.next();
    private final UUID user = Ids.next();
    private final List<List<MarkUpTo>> calls = new CopyOnWriteArrayList<>();
    private final List<Promise<List<MarkStore.Moved>>> answers = new CopyOnWriteArrayList<>();
    private final List<MarkUpTo> told = new CopyOnWriteArrayList<>();
    private final MarkWriter writer =
            new MarkWriter(vertx, CAPACITY, this::write, (marks, results) -> told.addAll(marks));

    private Future<List<MarkStore.Moved>> write(List<MarkUpTo> marks) {
        Promise<List<MarkStore.Moved>> answer = Promise.promise();
        answers.add(answer);
        calls.add(marks);
        return answer.future();
    }

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void onlyTheHighestOfMarksThatComeTogetherIsWrittenAndAllAreAnswered() {
        List<Future<Nothing>> asked = new ArrayList<>();
        for (long number : new long[] {3, 9, 5}) {
            asked.add(mark(user, Kind.READ, number));
        }

        call(1);
        assertThat(calls.getFirst()).extracting(MarkUpTo::number).containsExactly(9L);
        answer(0, "ok");

        await().until(() -> asked.stream().allMatch(Future::succeeded));
        assertThat(told).extracting(MarkUpTo::number).containsExactly(9L);
    }

    @Test
    void kindsPeopleAndConversationsAreApart() {
        mark(user, Kind.READ, 3);
        mark(user, Kind.DELIVERED, 5);
        mark(Ids.next(), Kind.READ, 7);

        call(1);
        assertThat(calls.getFirst()).extracting(MarkUpTo::number).containsExactly(3L, 5L, 7L);
    }

    @Test
    void whatComesWhileACallIsUnderWayGoesIntoTheNext() {
        mark(user, Kind.READ, 1);
        call(1);
        mark(user, Kind.READ, 2);
        mark(user, Kind.READ, 3);
        assertThat(calls).hasSize(1);

        answer(0, "ok");

        call(2);
        assertThat(calls.getLast()).extracting(MarkUpTo::number).containsExactly(3L);
    }

    @Test
    void aCallTakesFiveHundredAtMostAndTheRestFollows() {
        for (int i = 0; i < 600; i++) {
            mark(Ids.next(), Kind.READ, i);
        }

        call(1);
        assertThat(calls.getFirst()).hasSize(500);
        answer(0, "ok");
        call(2);
        assertThat(calls.getLast()).hasSize(100);
    }

    @Test
    void whoIsNotAMemberIsToldSoAndTheOthersAreNotConcerned() {
        Future<Nothing> member = mark(user, Kind.READ, 1);
        Future<Nothing> stranger = mark(Ids.next(), Kind.READ, 1);
        call(1);

        context.runOnContext(ignored -> answers.getFirst().complete(List.of(moved("unchanged"), moved("not_found"))));

        await().until(() -> member.succeeded() && stranger.failed());
        assertThat(stranger.cause())
                .isInstanceOfSatisfying(
                        AppError.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.NOT_FOUND));
    }

    @Test
    void aCallThatTheDatabaseDoesNotAnswerIsMadeAgain() {
        Future<Nothing> asked = mark(user, Kind.READ, 1);
        call(1);

        fail(0, AppError.unavailable("away"));
        call(2);
        answer(1, "ok");

        await().until(asked::succeeded);
        assertThat(calls.getFirst()).isEqualTo(calls.getLast());
    }

    @Test
    void aDefectIsNotTriedAgainAndTheNextMarksAreWritten() {
        Future<Nothing> asked = mark(user, Kind.READ, 1);
        call(1);
        fail(0, new IllegalStateException("a defect"));
        await().until(asked::failed);
        assertThat(asked.cause())
                .isInstanceOfSatisfying(
                        AppError.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.INTERNAL));

        mark(user, Kind.READ, 2);

        call(2);
    }

    @Test
    void moreCallersThanMayWaitAreRefused() {
        for (int i = 0; i < CAPACITY; i++) {
            mark(user, Kind.READ, i);
        }

        Future<Nothing> oneMore = mark(user, Kind.READ, 1);

        await().until(oneMore::failed);
        assertThat(oneMore.cause())
                .isInstanceOfSatisfying(
                        AppError.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    private Future<Nothing> mark(UUID who, Kind kind, long number) {
        Promise<Nothing> answer = Promise.promise();
        MarkUpTo asked = new MarkUpTo(conversation, who, conversation, kind, number);
        context.runOnContext(ignored -> writer.mark(asked).onComplete(answer));
        return answer.future();
    }

    private void call(int count) {
        await().until(() -> calls.size() == count);
    }

    private void answer(int call, String outcome) {
        List<MarkStore.Moved> results =
                calls.get(call).stream().map(mark -> moved(outcome)).toList();
        context.runOnContext(ignored -> answers.get(call).complete(results));
    }

    private void fail(int call, Throwable cause) {
        context.runOnContext(ignored -> answers.get(call).fail(cause));
    }

    private static MarkStore.Moved moved(String outcome) {
        return new MarkStore.Moved(outcome, 1, null, null, 2, null);
    }
}
