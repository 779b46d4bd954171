package io.parley.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.groups.Tuple.tuple;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RequiredTest {
    record Draft(String type, @Nullable String note) {}

    record Command(
            Draft draft,
            @Nullable Draft other,
            @Nullable List<Draft> drafts,
            @Nullable List<String> words) {}

    private static Command read(String text) {
        return Json.read(Json.parse(text.getBytes(StandardCharsets.UTF_8)), Command.class);
    }

    private static List<AppError.FieldError> missing(String text) {
        return catchThrowableOfType(AppError.class, () -> read(text)).errors();
    }

    @Test
    void whatMayBeNullMayBeLeftOut() {
        assertThat(read("{\"draft\":{\"type\":\"a\"}}")).isEqualTo(new Command(new Draft("a", null), null, null, null));
    }

    @Test
    void aFieldLeftOutIsRequired() {
        assertThat(missing("{}"))
                .extracting(AppError.FieldError::field, AppError.FieldError::code)
                .containsExactly(tuple("draft", "required"));
    }

    @Test
    void nullIsTheSameAsLeftOut() {
        assertThat(missing("{\"draft\":null}"))
                .extracting(AppError.FieldError::field)
                .containsExactly("draft");
    }

    @Test
    void allThatIsMissingIsToldWithItsPath() {
        assertThat(missing("{\"draft\":{},\"other\":{\"note\":\"b\"},\"drafts\":[{\"type\":\"c\"},{}]}"))
                .extracting(AppError.FieldError::field, AppError.FieldError::code)
                .containsExactly(
                        tuple("draft.type", "required"),
                        tuple("other.type", "required"),
                        tuple("drafts[1].type", "required"));
    }

    @Test
    void aListHoldsNoNull() {
        assertThat(missing("{\"draft\":{\"type\":\"a\"},\"drafts\":[null],\"words\":[\"a\",null]}"))
                .extracting(AppError.FieldError::field, AppError.FieldError::code)
                .containsExactly(tuple("drafts[0]", "type"), tuple("words[1]", "type"));
    }
}
