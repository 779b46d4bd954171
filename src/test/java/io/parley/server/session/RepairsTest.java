package io.parley.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RepairsTest {
    private final Repairs repairs = new Repairs();
    private final List<Promise<Void>> begun = new ArrayList<>();

    private Future<?> begin() {
        Promise<Void> repair = Promise.promise();
        begun.add(repair);
        return repair.future();
    }

    @Test
    void aBoundedNumberIsUnderWayAndEachEndLetsTheNextBegin() {
        for (int i = 0; i < 100; i++) {
            repairs.add(this::begin);
        }
        assertThat(begun).hasSize(32);

        begun.get(7).complete();
        begun.get(3).fail("refused");

        assertThat(begun).hasSize(34);
        for (int i = 0; i < begun.size(); i++) {
            begun.get(i).tryComplete();
        }
        assertThat(begun).hasSize(100);
    }

    @Test
    void thoseThatNeedNoQuestionHoldUpNobody() {
        for (int i = 0; i < 10_000; i++) {
            repairs.add(Future::succeededFuture);
        }
        repairs.add(this::begin);

        assertThat(begun).hasSize(1);
    }
}
