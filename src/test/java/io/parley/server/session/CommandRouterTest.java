package io.parley.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.bus.Bus;
import io.parley.bus.Nothing;
import io.parley.server.auth.Principal;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.parley.support.testing.NoLimits;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CommandRouterTest {
    private final CommandRouter router = new CommandRouter(NoLimits.limits());
    private final Caller caller = new Stranger();

    record Greet(String name) {}

    private record Stranger() implements Caller {
        @Override
        public Principal principal() {
            return new Principal(Ids.next(), Ids.next(), Instant.MAX);
        }

        @Override
        public UUID session() {
            throw new IllegalStateException();
        }

        @Override
        public Bus bus() {
            throw new IllegalStateException();
        }

        @Override
        public boolean isIn(UUID conversation) {
            throw new IllegalStateException();
        }

        @Override
        public boolean offer(Buffer event) {
            throw new IllegalStateException();
        }
    }

    private static ObjectNode fields(String text) {
        return (ObjectNode) Json.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    private AppError refusal(String type, String text) {
        return (AppError) router.run(caller, type, fields(text)).cause();
    }

    @Test
    void aCommandGetsItsFieldsAndWhoGaveIt() {
        List<Object> seen = new ArrayList<>();
        router.command("greet", Greet.class, (who, greet) -> {
            seen.add(who);
            seen.add(greet);
            return Future.succeededFuture(Nothing.NOTHING);
        });

        assertThat(router.run(caller, "greet", fields("{\"name\":\"Ada\"}")).result())
                .isEqualTo(Nothing.NOTHING);
        assertThat(seen).containsExactly(caller, new Greet("Ada"));
    }

    @Test
    void aTypeThatNobodyAnswersIsAnUnknownCommand() {
        AppError error = refusal("x\"".repeat(1_000), "{}");

        assertThat(error.code()).isEqualTo(ErrorCode.UNKNOWN_COMMAND);
        assertThat(error.detail()).hasSizeLessThan(200).contains("x\\\"");
        assertThat(router.name("made up")).isEqualTo("other");
    }

    @Test
    void fieldsThatDoNotFitAreRefused() {
        router.command("greet", Greet.class, (who, greet) -> Future.succeededFuture(Nothing.NOTHING));

        assertThat(refusal("greet", "{}").errors())
                .extracting(AppError.FieldError::field)
                .containsExactly("name");
        assertThat(refusal("greet", "{\"name\":\"a\",\"extra\":1}").errors())
                .extracting(AppError.FieldError::code)
                .containsExactly("unknown");
    }

    @Test
    void whatAHandlerThrowsFailsItsCommand() {
        router.command("greet", Greet.class, (who, greet) -> {
            throw AppError.of(ErrorCode.FORBIDDEN);
        });

        assertThat(refusal("greet", "{\"name\":\"a\"}").code()).isEqualTo(ErrorCode.FORBIDDEN);
    }

    @Test
    void oneCommandHasOneAnswerer() {
        router.command("greet", Greet.class, (who, greet) -> Future.succeededFuture(Nothing.NOTHING));

        assertThatThrownBy(() -> router.command("greet", Greet.class, (who, greet) -> Future.succeededFuture(greet)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("greet");
        assertThat(router.types()).containsExactly("greet");
        assertThat(router.name("greet")).isEqualTo("greet");
    }
}
