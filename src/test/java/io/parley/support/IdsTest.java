package io.parley.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.groups.Tuple.tuple;

import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdsTest {
    @Test
    void idsAreOfVersion7AndDiffer() {
        Set<UUID> ids = Stream.generate(Ids::next).limit(10_000).collect(Collectors.toSet());

        assertThat(ids).hasSize(10_000).allMatch(id -> id.version() == 7 && id.variant() == 2);
    }

    @Test
    void anIdIsReadBackInEitherCase() {
        UUID id = Ids.next();

        assertThat(Ids.parse("id", id.toString())).isEqualTo(id);
        assertThat(Ids.parse("id", id.toString().toUpperCase(Locale.ROOT))).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1-1-1-1-1",
                "019aa1f05c1e7a3b9c532f6a0c1d4e01",
                "{019aa1f0-5c1e-7a3b-9c53-2f6a0c1d4e01}",
                "019aa1f0-5c1e-7a3b-9c53-2f6a0c1d4e0g",
                "019aa1f0-5c1e-7a3b-9c53-2f6a0c1d4e0 ",
                "019aa1f0x5c1e-7a3b-9c53-2f6a0c1d4e01",
                "0019aa1f0-5c1-7a3b-9c53-2f6a0c1d4e01",
                "+19aa1f0-5c1e-7a3b-9c53-2f6a0c1d4e01",
                "٠19aa1f0-5c1e-7a3b-9c53-2f6a0c1d4e01",
                "------------------------------------",
            })
    void anythingElseIsRefusedWithTheField(String text) {
        assertThat(catchThrowableOfType(AppError.class, () -> Ids.parse("users[3]", text))
                        .errors())
                .extracting(AppError.FieldError::field, AppError.FieldError::code)
                .containsExactly(tuple("users[3]", "format"));
    }
}
