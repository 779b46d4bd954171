package io.parley.server.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import java.io.IOException;
import java.net.ConnectException;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SqlFailureTest {
    @ParameterizedTest
    @CsvSource({
        "08006, CONNECTION, connection failure",
        "40001, CONNECTION, serialisation",
        "40P01, CONNECTION, deadlock",
        "53300, CONNECTION, too many connections",
        "53100, CONNECTION, disk full",
        "55P03, CONNECTION, lock not available",
        "57014, CONNECTION, statement timeout",
        "57P01, CONNECTION, shutdown",
        "57P03, CONNECTION, starting up",
        "58030, CONNECTION, I/O error",
        "25006, CONNECTION, read-only standby",
        "22P05, DATA, untranslatable character",
        "22021, DATA, not in repertoire",
        "23505, DATA, unique violation",
        "23503, DATA, foreign key violation",
        "23514, DATA, check violation",
        "42P01, DATA, undefined table",
        "42883, DATA, undefined function",
        "P0001, DATA, raised by a function",
        "XX000, DATA, internal error",
    })
    void everyStateHasItsMeaning(String state, SqlFailure meaning, String name) {
        assertThat(SqlFailure.of(new PgException(name, "ERROR", state, ""))).isEqualTo(meaning);
    }

    @Test
    void aServerThatGivesUpTheConnectionIsTroubleWhateverTheState() {
        assertThat(SqlFailure.of(new PgException("", "FATAL", "28P01", ""))).isEqualTo(SqlFailure.CONNECTION);
        assertThat(SqlFailure.of(new PgException("", "PANIC", "XX000", ""))).isEqualTo(SqlFailure.CONNECTION);
    }

    static Stream<Throwable> troubles() {
        return Stream.of(
                ClosedConnectionException.INSTANCE,
                new ConnectException("refused"),
                new IOException("reset"),
                new TimeoutException("of the pool"),
                VertxException.noStackTrace("pool closed"),
                AppError.unavailable("away"));
    }

    @ParameterizedTest
    @MethodSource("troubles")
    void troubleOnTheWayIsUnavailable(Throwable cause) {
        assertThat(SqlFailure.of(cause)).isEqualTo(SqlFailure.CONNECTION);
        assertThat(((AppError) SqlFailure.forCaller(cause)).code()).isEqualTo(ErrorCode.UNAVAILABLE);
    }

    static Stream<Throwable> defects() {
        return Stream.of(
                new NullPointerException(),
                new ClassCastException(),
                new NoSuchElementException("no such column"),
                new PgException("", "ERROR", "23505", ""));
    }

    @ParameterizedTest
    @MethodSource("defects")
    void aDefectStaysWhatItIs(Throwable cause) {
        assertThat(SqlFailure.of(cause)).isEqualTo(SqlFailure.DATA);
        assertThat(SqlFailure.forCaller(cause)).isSameAs(cause);
    }

    @Test
    void anAnswerStaysWhatItIs() {
        AppError conflict = AppError.of(ErrorCode.CONFLICT);

        assertThat(SqlFailure.of(conflict)).isEqualTo(SqlFailure.DATA);
        assertThat(SqlFailure.forCaller(conflict)).isSameAs(conflict);
    }
}
