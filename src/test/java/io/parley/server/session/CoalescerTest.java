package io.parley.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CoalescerTest {
    private final List<List<Integer>> questions = new ArrayList<>();
    private final List<Promise<List<String>>> answers = new ArrayList<>();
    private final Coalescer<Integer, String> coalescer = new Coalescer<>(3, this::askAll);

    private Future<List<String>> askAll(List<Integer> asked) {
        questions.add(asked);
        answers.add(Promise.promise());
        return answers.getLast().future();
    }

    private void answerLast() {
        answers.getLast()
                .complete(questions.getLast().stream().map(i -> "a" + i).toList());
    }

    private List<Future<String>> ask(int first, int last) {
        return IntStream.rangeClosed(first, last).mapToObj(coalescer::ask).toList();
    }

    @Test
    void theFirstIsAskedAtOnceAndTheRestTogether() {
        List<Future<String>> asked = ask(1, 3);
        assertThat(questions).containsExactly(List.of(1));

        answerLast();
        assertThat(questions).containsExactly(List.of(1), List.of(2, 3));
        answerLast();

        assertThat(asked).extracting(Future::result).containsExactly("a1", "a2", "a3");
    }

    @Test
    void oneQuestionHoldsNoMoreThanTheMost() {
        ask(1, 8);
        answerLast();
        answerLast();
        answerLast();

        assertThat(questions).containsExactly(List.of(1), List.of(2, 3, 4), List.of(5, 6, 7), List.of(8));
    }

    @Test
    void oneQuestionWeighsNoMoreThanItMayUnlessItIsOne() {
        Coalescer<Integer, String> weighed = new Coalescer<>(3, 10, i -> i, this::askAll);
        for (int i : new int[] {1, 4, 6, 1, 12, 1, 1, 1, 1}) {
            var asked = weighed.ask(i);
            assertThat(asked.isComplete()).isFalse();
        }
        for (int i = 0; i < 5; i++) {
            answerLast();
        }

        assertThat(questions)
                .containsExactly(List.of(1), List.of(4, 6), List.of(1), List.of(12), List.of(1, 1, 1), List.of(1));
    }

    @Test
    void aFailureReachesThoseWhoAskedAndNobodyElse() {
        List<Future<String>> asked = ask(1, 4);
        answerLast();
        answers.getLast().fail("gone");
        ask(5, 5);
        answerLast();

        assertThat(asked).extracting(Future::succeeded).containsExactly(true, false, false, false);
        assertThat(questions.getLast()).containsExactly(5);
    }

    @Test
    void afterSilenceTheNextIsAskedAtOnce() {
        ask(1, 1);
        answerLast();
        ask(2, 2);

        assertThat(questions).containsExactly(List.of(1), List.of(2));
    }

    @Test
    void whoAsksAgainFromInsideAnAnswerIsNotForgotten() {
        Future<String> again = coalescer.ask(1).compose(ignored -> coalescer.ask(2));
        answerLast();
        answerLast();

        assertThat(again.result()).isEqualTo("a2");
    }

    @Test
    void anAnswerThatIsTooShortIsAFailureAndNotTheEnd() {
        List<Future<String>> asked = ask(1, 1);
        answers.getLast().complete(List.of());
        ask(2, 2);
        answerLast();

        assertThat(asked.getFirst().failed()).isTrue();
        assertThat(questions).hasSize(2);
    }

    @Test
    void anAskerThatThrowsHindersNobody() {
        Future<String> first = coalescer.ask(1).onSuccess(ignored -> {
            throw new IllegalStateException("defect");
        });
        Future<String> second = coalescer.ask(2);
        try {
            answerLast();
        } catch (IllegalStateException defect) {
            // told to whoever completed the future
        }
        answerLast();

        assertThat(first.succeeded()).isTrue();
        assertThat(second.result()).isEqualTo("a2");
    }
}
