package io.parley.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AppErrorTest {
    @Test
    void itIsAnAnswerAndHasNoTrace() {
        assertThat(AppError.notFound().getStackTrace()).isEmpty();
    }

    @Test
    void itTellsTheFirstFieldInItsSentence() {
        AppError error = AppError.field("message.text", "length", "must not be blank");

        assertThat(error.code()).isEqualTo(ErrorCode.VALIDATION_FAILED);
        assertThat(error.detail()).isEqualTo("message.text: must not be blank");
        assertThat(AppError.invalid(List.of()).detail()).isEqualTo(ErrorCode.VALIDATION_FAILED.title());
    }

    @Test
    void whereWaitingHelpsItSaysHowLong() {
        assertThat(AppError.rateLimited(1200).retryAfterMs()).isEqualTo(1200);
        assertThat(AppError.unavailable("later").retryAfterMs()).isPositive();
        assertThat(AppError.notFound().retryAfterMs()).isNull();
    }

    @Test
    void everyCodeIsFoundByItsWord() {
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(ErrorCode.ofWord(code.word())).contains(code);
            assertThat(code.httpStatus()).isBetween(400, 599);
        }
        assertThat(ErrorCode.ofWord("made_up")).isEmpty();
    }
}
