package io.parley.features.scheduled;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parley.support.AppError;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DueTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private static Instant local(String time, String zone) {
        return Due.of(null, time, zone, NOW).at();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-12-01T09:00, Asia/Ho_Chi_Minh, 2026-12-01T02:00:00Z",
        "2026-12-01T09:00, Europe/London, 2026-12-01T09:00:00Z",
        "2027-07-01T09:00:30, Europe/London, 2027-07-01T08:00:30Z",
        // An hour that London's clocks leave out, and one that they show twice.
        "2027-03-28T01:30, Europe/London, 2027-03-28T01:30:00Z",
        "2027-10-31T01:30, Europe/London, 2027-10-31T00:30:00Z"
    })
    void aTimeIsWhatAClockOfItsZoneShows(String time, String zone, Instant expected) {
        assertThat(local(time, zone)).isEqualTo(expected);
    }

    @Test
    void anInstantIsTakenAsItIs() {
        Instant at = NOW.plusSeconds(5);
        assertThat(Due.of(at, null, null, NOW)).isEqualTo(new Due(at, null));
        assertThat(Due.of(at, null, "Asia/Tokyo", NOW).timeZone()).isEqualTo("Asia/Tokyo");
        assertThat(Due.of(NOW.minusSeconds(30), null, null, NOW).at()).isBefore(NOW);
    }

    @ParameterizedTest
    @CsvSource({
        ", , , at",
        "2026-12-01T09:00:00Z, 2026-12-01T09:00, Asia/Tokyo, at",
        ", 2026-12-01T09:00, , timeZone",
        ", 2026-12-01T09:00, Mars/Olympus, timeZone",
        ", 2026-12-01 at nine, Asia/Tokyo, localTime",
        ", 2026-02-30T09:00, Asia/Tokyo, localTime",
        "2026-11-21T11:58:59Z, , , at",
        "2028-01-01T00:00:00Z, , , at",
        ", 2020-01-01T00:00, Asia/Tokyo, localTime"
    })
    void whatIsNoTimeOfTheYearToComeIsRefused(
            @Nullable Instant at, @Nullable String localTime, @Nullable String zone, String field) {
        assertThatThrownBy(() -> Due.of(at, localTime, zone, NOW))
                .isInstanceOfSatisfying(
                        AppError.class,
                        refused -> assertThat(refused.errors())
                                .extracting(AppError.FieldError::field)
                                .containsExactly(field));
    }
}
