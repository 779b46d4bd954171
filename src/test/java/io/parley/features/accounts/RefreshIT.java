package io.parley.features.accounts;

import static io.parley.features.accounts.AccountsNode.HERE;
import static io.parley.features.accounts.AccountsNode.PASSWORD;
import static io.parley.features.accounts.AccountsNode.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.parley.features.accounts.AccountActions.Client;
import io.parley.features.accounts.AccountActions.LogIn;
import io.parley.features.accounts.AccountActions.LogOut;
import io.parley.features.accounts.AccountActions.Refresh;
import io.parley.features.accounts.AccountActions.SetStatus;
import io.parley.features.accounts.AccountActions.SignedIn;
import io.parley.server.persistence.PgConnections;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefreshIT {
    @TempDir
    private static Path data;

    private static AccountsNode node;

    @BeforeAll
    static void start() {
        node = AccountsNode.start(data);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void aTokenIsExchangedForNewOnesOfTheSameLogIn() {
        SignedIn first = node.register("ada");

        SignedIn second = refresh(first);
        SignedIn third = refresh(second);

        assertThat(second.user()).isNull();
        assertThat(List.of(first.refreshToken(), second.refreshToken(), third.refreshToken()))
                .doesNotHaveDuplicates();
        assertThat(join(node.feature.authenticator(node.bus).authenticate(third.accessToken()))
                        .user())
                .isEqualTo(id(first));
    }

    @Test
    void anOldTokenThatComesBackEndsTheLogInAndNoOther() {
        SignedIn stolen = node.register("stolen");
        SignedIn elsewhere = logIn("stolen");
        SignedIn current = refresh(refresh(stolen));

        assertRefused(stolen, "used before");

        assertRefused(current, "not valid");
        assertRefused(stolen, "not valid");
        assertThat(refresh(elsewhere)).isNotNull();
        assertThat(node.sql(
                        "SELECT end_reason FROM refresh_families WHERE user_id = $1 AND ended_at IS NOT NULL",
                        id(stolen)))
                .singleElement()
                .satisfies(row -> assertThat(row.getString(0)).isEqualTo("reuse"));
    }

    @Test
    void ofTwoRequestsUnderWayAtOnceOneGetsTheNewTokenAndTheLogInLives() {
        SignedIn signedIn = node.register("twotabs");
        Pool pool = PgConnections.pool(node.vertx, node.config.postgres(), "blocker", 1);
        var blocker = join(pool.getConnection());
        join(blocker.query("BEGIN").execute());
        join(blocker.query("SELECT FROM refresh_families FOR UPDATE").execute());

        List<Future<SignedIn>> both = List.of(ask(signedIn), ask(signedIn));
        await().until(() -> node.sql("SELECT FROM pg_locks WHERE NOT granted").size() == 2);
        join(blocker.query("ROLLBACK").execute());
        join(Future.join(both).otherwiseEmpty());

        assertThat(both)
                .filteredOn(Future::failed)
                .singleElement()
                .satisfies(refused -> assertThat(refused.cause()).hasMessageContaining("another request"));
        SignedIn winner = both.stream()
                .filter(Future::succeeded)
                .findFirst()
                .orElseThrow()
                .result();
        assertThat(refresh(winner)).isNotNull();
        join(pool.close());
    }

    @Test
    void aStormOfRefreshesNeverMakesTwoValidTokensOfOne() {
        SignedIn signedIn = node.register("storm");

        List<Future<SignedIn>> storm =
                IntStream.range(0, 20).mapToObj(i -> ask(signedIn)).toList();
        join(Future.join(storm).otherwiseEmpty());

        assertThat(storm).filteredOn(Future::succeeded).hasSize(1);
    }

    @Test
    void afterLoggingOutTheTokensOfThisLogInAreWorthless() {
        SignedIn here = node.register("leaving");
        SignedIn elsewhere = logIn("leaving");
        SignedIn refreshed = refresh(here);

        logOut(refreshed.refreshToken());

        assertRefused(refreshed, "not valid");
        assertThat(refresh(elsewhere)).isNotNull();
        logOut(refreshed.refreshToken());
        logOut("nonsense");
        logOut("A".repeat(43));
    }

    @Test
    void anExpiredTokenIsRefusedAndItsLogInForgotten() {
        SignedIn signedIn = node.register("late");
        node.sql("UPDATE refresh_families SET expires_at = clock_timestamp() WHERE user_id = $1", id(signedIn));

        assertRefused(signedIn, "expired");

        node.sql("SELECT expire_logins(100)");
        assertRefused(signedIn, "not valid");
        node.sql("UPDATE refresh_families SET ended_at = now() - interval '8 days' WHERE user_id = $1", id(signedIn));
        node.sql("SELECT expire_logins(100)");

        assertThat(node.sql("SELECT FROM refresh_families WHERE user_id = $1", id(signedIn)))
                .isEmpty();
        assertRefused(signedIn, "not valid");
    }

    @Test
    void eachUseProlongsTheLogIn() {
        SignedIn signedIn = node.register("regular");
        node.sql(
                "UPDATE refresh_families SET expires_at = clock_timestamp() + interval '1 minute' WHERE user_id = $1",
                id(signedIn));

        refresh(signedIn);

        assertThat(node.sql(
                        "SELECT FROM refresh_families WHERE user_id = $1 "
                                + "AND expires_at BETWEEN now() + interval '29 days' AND now() + interval '31 days'",
                        id(signedIn)))
                .hasSize(1);
    }

    @Test
    void whoIsSuspendedLosesHisLogInsForGood() {
        SignedIn signedIn = node.register("bad");

        node.ask(AccountActions.SET_STATUS, new SetStatus(id(signedIn), "suspended"));
        assertRefused(signedIn, "not valid");

        node.ask(AccountActions.SET_STATUS, new SetStatus(id(signedIn), "active"));
        assertRefused(signedIn, "not valid");
    }

    @Test
    void whatIsNoRefreshTokenIsRefused() {
        SignedIn signedIn = node.register("noise");

        for (String text : List.of(
                "", "x", "A".repeat(43), "é".repeat(43), signedIn.accessToken(), signedIn.refreshToken() + "A")) {
            assertThatThrownBy(() -> node.ask(AccountActions.REFRESH, new Refresh(text, "10.0.0.1")))
                    .isInstanceOfSatisfying(
                            AppError.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.UNAUTHENTICATED));
        }
        assertThat(refresh(signedIn)).isNotNull();
    }

    @Test
    void aRefreshTokenIsNoAccessToken() {
        SignedIn signedIn = node.register("mixedup");

        assertThatThrownBy(() -> join(node.feature.authenticator(node.bus).authenticate(signedIn.refreshToken())))
                .isInstanceOfSatisfying(
                        AppError.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.UNAUTHENTICATED));
    }

    @Test
    void theDatabaseHoldsNoToken() {
        SignedIn signedIn = refresh(node.register("hashed"));
        byte[] bits = Base64.getUrlDecoder().decode(signedIn.refreshToken());
        String hex = HexFormat.of().formatHex(bits);

        String stored = node.sql("SELECT string_agg(f::text, ' ') FROM refresh_families f")
                .getFirst()
                .getString(0);
        assertThat(stored).doesNotContain(hex.substring(0, 32)).doesNotContain(hex.substring(32));
    }

    private static SignedIn refresh(SignedIn signedIn) {
        return join(ask(signedIn));
    }

    private static Future<SignedIn> ask(SignedIn signedIn) {
        return node.bus.ask(AccountActions.REFRESH, new Refresh(signedIn.refreshToken(), "10.0.0.1"));
    }

    private static void logOut(String refreshToken) {
        node.ask(AccountActions.LOG_OUT, new LogOut(refreshToken));
    }

    private static SignedIn logIn(String login) {
        return node.ask(AccountActions.LOG_IN, new LogIn(HERE, login, PASSWORD, new Client(null, "10.0.0.1")));
    }

    private static UUID id(SignedIn signedIn) {
        return Objects.requireNonNull(signedIn.user()).id();
    }

    private static void assertRefused(SignedIn signedIn, String why) {
        assertThatThrownBy(() -> refresh(signedIn)).isInstanceOfSatisfying(AppError.class, error -> {
            assertThat(error.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
            assertThat(error.detail()).contains(why);
        });
    }
}
