package io.parley.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SecretTest {
    private static final Secret SECRET = new Secret("hunter2");

    record Login(String login, Secret password) {}

    @Test
    void itIsNeverPrinted() {
        Login login = new Login("ada", SECRET);

        assertThat(login.toString() + SECRET + Json.text(login) + Json.encode(login) + "%s".formatted(SECRET))
                .contains("[REDACTED]")
                .doesNotContain("hunter2");
    }

    @Test
    void itIsReadFromAText() {
        byte[] body = "{\"login\":\"ada\",\"password\":\"hunter2\"}".getBytes(StandardCharsets.UTF_8);

        assertThat(Json.read(Json.parse(body), Login.class).password().reveal()).isEqualTo("hunter2");
    }

    @Test
    void aRefusalOfItsRecordDoesNotTellIt() {
        byte[] body = "{\"login\":1,\"password\":\"hunter2\"}".getBytes(StandardCharsets.UTF_8);

        Throwable refused = catchThrowable(() -> Json.read(Json.parse(body), Login.class));

        assertThat(refused).isInstanceOf(AppError.class).hasNoCause();
        assertThat(refused.toString()).doesNotContain("hunter2");
    }

    @Test
    void onlyTheSameValueMatches() {
        assertThat(SECRET.matches("hunter2")).isTrue();
        assertThat(SECRET.matches("hunter3")).isFalse();
        assertThat(SECRET.matches("hunter2 ")).isFalse();
        assertThat(SECRET.matches("")).isFalse();
        assertThat(new Secret("").isEmpty()).isTrue();
    }
}
