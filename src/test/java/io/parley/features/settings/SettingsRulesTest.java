package io.parley.features.settings;

import static io.parley.features.PersonalSteps.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SettingsRulesTest {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    private static String patch(String asked) {
        return SettingsRules.patch(json(asked), NOW).toString();
    }

    @Test
    void aTimeToComeIsStoredInOneForm() {
        assertThat(patch("{\"mutedUntil\":\"2026-11-20T14:00:00.5+01:00\"}"))
                .isEqualTo("{\"mutedUntil\":\"2026-11-20T13:00:00.500Z\"}");
    }

    @Test
    void aTimeThatIsOverIsNone() {
        assertThat(patch("{\"mutedUntil\":\"2026-11-20T12:00:00Z\"}")).isEqualTo("{\"mutedUntil\":null}");
        assertThat(patch("{\"mutedUntil\":null}")).isEqualTo("{\"mutedUntil\":null}");
    }

    @Test
    void whatIsNoTimeIsRefused() {
        assertThatThrownBy(() -> patch("{\"mutedUntil\":\"tomorrow\"}"))
                .isInstanceOfSatisfying(
                        AppError.class, refused -> assertThat(refused.code()).isEqualTo(ErrorCode.VALIDATION_FAILED));
    }

    @Test
    void aTimeThatNobodyCanReadIsRefused() {
        assertThat(patch("{\"mutedUntil\":\"9999-12-31T23:59:59.999Z\"}")).contains("9999-12-31T23:59:59.999Z");
        assertThatThrownBy(() -> patch("{\"mutedUntil\":\"9999-12-31T23:59:59-01:00\"}"))
                .isInstanceOfSatisfying(
                        AppError.class, refused -> assertThat(refused.code()).isEqualTo(ErrorCode.VALIDATION_FAILED));
    }

    @Test
    void notMarkedIsTheDefault() {
        assertThat(patch("{\"markedUnread\":false,\"pinned\":false}"))
                .isEqualTo("{\"markedUnread\":null,\"pinned\":false}");
        assertThat(patch("{\"markedUnread\":true}")).isEqualTo("{\"markedUnread\":true}");
    }

    @Test
    void whatIsAskedForIsNotChangedItself() {
        var asked = json("{\"markedUnread\":false}");

        SettingsRules.patch(asked, NOW);

        assertThat(asked.get("markedUnread").isBoolean()).isTrue();
    }
}
