package io.parley.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InterestTest {
    private final Interest interest = new Interest();

    private List<Integer> loops() {
        List<Integer> loops = new ArrayList<>();
        interest.each(loops::add);
        return loops;
    }

    @Test
    void nobodyIsInterestedAtFirst() {
        assertThat(interest.none()).isTrue();
        assertThat(loops()).isEmpty();
    }

    @Test
    void eachInterestedLoopIsVisitedOnce() {
        interest.grant(2, 1);
        interest.grant(0, 1);
        interest.grant(2, 1);

        assertThat(loops()).containsExactly(0, 2);
        assertThat(interest.has(1)).isFalse();
    }

    @Test
    void whatWasGrantedBeforeTheQuestionIsGivenUp() {
        interest.grant(1, 4);
        interest.release(1, 4);

        assertThat(interest.none()).isTrue();
    }

    @Test
    void whatWasGrantedAfterTheQuestionStays() {
        interest.grant(1, 4);
        interest.grant(1, 5);
        interest.release(1, 4);

        assertThat(interest.has(1)).isTrue();
    }
}
