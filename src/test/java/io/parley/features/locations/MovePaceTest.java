package io.parley.features.locations;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.features.locations.LocationActions.Move;
import io.parley.support.Ids;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MovePaceTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final MovePace pace = new MovePace(2 * SECOND);
    private final Move one = move(Ids.next());

    private static Move move(UUID actor) {
        return new Move(Ids.next(), actor, Ids.next(), Ids.next(), 0, 0);
    }

    @Test
    void afterTwoSecondsItIsOnesTurnAgain() {
        assertThat(pace.take(one, 0)).isZero();
        assertThat(pace.take(one, SECOND / 2)).isEqualTo(1_500);
        assertThat(pace.take(one, 2 * SECOND - 1)).isEqualTo(1);
        assertThat(pace.take(one, 2 * SECOND)).isZero();
        assertThat(pace.take(one, 3 * SECOND)).isEqualTo(1_000);
    }

    @Test
    void othersAndOtherMessagesHaveTheirOwnTurn() {
        assertThat(pace.take(one, 0)).isZero();
        assertThat(pace.take(move(one.actor()), 1)).isZero();
        assertThat(pace.take(new Move(one.tenant(), Ids.next(), one.conversation(), one.message(), 0, 0), 2))
                .isZero();
    }
}
