package io.parley.features.receipts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.features.receipts.ReceiptActions.Sent;
import io.parley.support.Ids;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OwnMarksTest {
    private static final int CAPACITY = 600;

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final List<List<String>> calls = new CopyOnWriteArrayList<>();
    private final List<Promise<Void>> answers = new CopyOnWriteArrayList<>();
    private final OwnMarks marks = new OwnMarks(vertx, CAPACITY, this::write);
    private final UUID conversation = Ids.next();
    private final UUID ada = Ids.next();
    private final UUID grace = Ids.next();

    private Future<Void> write(List<OwnMarks.Run> runs) {
        Promise<Void> answer = Promise.promise();
        answers.add(answer);
        calls.add(runs.stream()
                .map(run ->
                        name(run.user) + " " + run.firstCounted + "-" + run.lastCounted + " up to " + run.lastNumber)
                .toList());
        return answer.future();
    }

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void messagesOfOnePersonThatFollowEachOtherAreOneRun() {
        sent(conversation, ada, 1, 1);
        sent(conversation, ada, 2, 3);
        sent(conversation, ada, 3, 4);
        sent(conversation, grace, 4, 5);
        sent(conversation, ada, 5, 6);

        await().until(() -> calls.size() == 1);
        assertThat(calls.getFirst()).containsExactly("ada 1-3 up to 4", "grace 4-4 up to 5", "ada 5-5 up to 6");
    }

    @Test
    void aMessageThatWasNotToldOfEndsARun() {
        sent(conversation, ada, 1, 1);
        sent(conversation, ada, 3, 3);

        await().until(() -> calls.size() == 1);
        assertThat(calls.getFirst()).containsExactly("ada 1-1 up to 1", "ada 3-3 up to 3");
    }

    @Test
    void aRunThatIsBeingWrittenDoesNotGrow() {
        sent(conversation, ada, 1, 1);
        await().until(() -> calls.size() == 1);

        sent(conversation, ada, 2, 2);
        context.runOnContext(ignored -> answers.getFirst().complete());

        await().until(() -> calls.size() == 2);
        assertThat(calls.getLast()).containsExactly("ada 2-2 up to 2");
    }

    @Test
    void whatIsTooMuchIsDroppedAndAFailureIsForgotten() {
        for (int i = 0; i < CAPACITY + 100; i++) {
            sent(Ids.next(), ada, 1, 1);
        }
        await().until(() -> calls.size() == 1);
        context.runOnContext(ignored -> answers.getFirst().fail("away"));
        await().until(() -> calls.size() == 2);

        assertThat(calls.getFirst()).hasSize(500);
        assertThat(calls.getLast()).hasSize(CAPACITY - 500);
    }

    private void sent(UUID where, UUID who, long counted, long number) {
        context.runOnContext(ignored -> marks.sent(new Sent(where, who, counted, number)));
    }

    private String name(UUID user) {
        return user.equals(ada) ? "ada" : "grace";
    }
}
