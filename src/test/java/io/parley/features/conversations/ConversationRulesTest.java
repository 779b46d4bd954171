package io.parley.features.conversations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.node.TextNode;
import io.parley.features.conversations.ConversationActions.NewConversation;
import io.parley.support.AppError;
import io.parley.support.AppError.FieldError;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConversationRulesTest {
    @Test
    void aGroupNeedsANameAndNobodyElse() {
        assertThatCode(() -> ConversationRules.requireFit(group("Engine"))).doesNotThrowAnyException();
        assertThat(wrong(() -> ConversationRules.requireFit(group(null))))
                .extracting(FieldError::field, FieldError::code)
                .containsExactly(tuple("name", "required"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "Ærøskøbing", " a b ", "👩‍🚀"})
    void aNameMayBeAnythingThatCanBeShown(String name) {
        assertThatCode(() -> rename(name)).doesNotThrowAnyException();
    }

    @Test
    void aNameIsCountedInCharactersNotInHalvesOfThem() {
        assertThatCode(() -> rename("👋".repeat(100))).doesNotThrowAnyException();
        assertThat(wrong(() -> rename("👋".repeat(101))))
                .extracting(FieldError::code)
                .containsExactly("length");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   ", "\t"})
    void aNameIsNotBlank(String name) {
        assertThat(wrong(() -> rename(name))).extracting(FieldError::code).containsExactly("length");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\u0000", "a\u0085b", "half \ud83d"})
    void aNameHasNoControlCharactersAndNoHalves(String name) {
        assertThat(wrong(() -> rename(name))).extracting(FieldError::code).containsExactly("format");
    }

    @Test
    void aDirectConversationHasOneOtherPersonAndNothingOfAGroup() {
        UUID other = Ids.next();

        assertThatCode(() -> ConversationRules.requireFit(direct(null, null, null, other)))
                .doesNotThrowAnyException();
        assertThat(wrong(() -> ConversationRules.requireFit(direct("x", "public", "all", other, Ids.next()))))
                .extracting(FieldError::field)
                .containsExactly("name", "visibility", "history", "members");
        assertThat(wrong(() -> ConversationRules.requireFit(direct(null, null, null))))
                .extracting(FieldError::code)
                .containsExactly("length");
    }

    @Test
    void anOperatorNamesBothPeopleOfADirectConversation() {
        UUID one = Ids.next();

        assertThatCode(() -> ConversationRules.requireFit(List.of(direct(null, null, null, one, Ids.next()))))
                .doesNotThrowAnyException();
        assertThat(wrong(() -> ConversationRules.requireFit(
                        List.of(group("Fit"), direct(null, null, null, one), direct(null, null, null, one, one)))))
                .extracting(FieldError::field)
                .containsExactly("conversations[1].members", "conversations[2].members");
    }

    @Test
    void everyOutcomeIsEitherDoneOrAnError() {
        for (String done : List.of("ok", "created", "exists", "unchanged", "duplicate", "noted")) {
            assertThatCode(() -> ConversationRules.requireDone(done)).doesNotThrowAnyException();
        }
        assertThat(code("not_found")).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(code("user_not_found")).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(code("forbidden")).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(code("banned")).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(code("archived")).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(code("role_not_found")).isEqualTo(ErrorCode.VALIDATION_FAILED);
        assertThat(code("template_not_found")).isEqualTo(ErrorCode.VALIDATION_FAILED);
        assertThat(code("name_missing")).isEqualTo(ErrorCode.VALIDATION_FAILED);
        assertThat(code("conflict")).isEqualTo(ErrorCode.CONFLICT);
        assertThat(code("last_owner")).isEqualTo(ErrorCode.LAST_OWNER);
        assertThat(code("too_many")).isEqualTo(ErrorCode.CONFLICT);
        assertThatCode(() -> ConversationRules.requireDone("surprise")).isInstanceOf(IllegalStateException.class);
    }

    private static void rename(String name) {
        ConversationRules.requireSettings(Map.of("name", TextNode.valueOf(name)));
    }

    private static ErrorCode code(String outcome) {
        return error(() -> ConversationRules.requireDone(outcome)).code();
    }

    private static List<FieldError> wrong(ThrowingCallable check) {
        AppError error = error(check);
        assertThat(error.code()).isEqualTo(ErrorCode.VALIDATION_FAILED);
        return error.errors();
    }

    private static AppError error(ThrowingCallable check) {
        return catchThrowableOfType(AppError.class, check);
    }

    private static NewConversation group(@Nullable String name) {
        return new NewConversation(null, "group", name, List.of(), null, null);
    }

    private static NewConversation direct(
            @Nullable String name, @Nullable String visibility, @Nullable String history, UUID... members) {
        return new NewConversation(null, "direct", name, Arrays.asList(members), visibility, history);
    }
}
