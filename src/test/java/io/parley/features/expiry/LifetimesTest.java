package io.parley.features.expiry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.IntNode;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LifetimesTest {
    private final Lifetimes lifetimes = new Lifetimes(10, 1_000);

    private @Nullable ErrorCode refusal(int seconds) {
        AppError refused =
                catchThrowableOfType(AppError.class, () -> lifetimes.require("message.disappearAfter", seconds));
        return refused == null ? null : refused.code();
    }

    @Test
    void aMessageDisappearsWithinTheBoundsOrNotAtAll() {
        assertThatCode(() -> lifetimes.require("message.disappearAfter", null)).doesNotThrowAnyException();
        assertThat(refusal(10)).isNull();
        assertThat(refusal(1_000)).isNull();
        assertThat(refusal(9)).isEqualTo(ErrorCode.VALIDATION_FAILED);
        assertThat(refusal(0)).isEqualTo(ErrorCode.VALIDATION_FAILED);
        assertThat(refusal(1_001)).isEqualTo(ErrorCode.VALIDATION_FAILED);
    }

    @Test
    void aTimerMayAlsoBeOff() {
        assertThatCode(() -> lifetimes.requireTimer(Map.of())).doesNotThrowAnyException();
        assertThatCode(() -> lifetimes.requireTimer(Map.of("disappearAfter", IntNode.valueOf(0))))
                .doesNotThrowAnyException();
        AppError refused = catchThrowableOfType(
                AppError.class, () -> lifetimes.requireTimer(Map.of("disappearAfter", IntNode.valueOf(9))));
        assertThat(refused.errors()).extracting(AppError.FieldError::field).containsExactly("disappearAfter");
    }
}
