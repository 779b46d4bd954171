package io.parley.features.accounts;

import static io.parley.features.accounts.AccountsNode.HERE;
import static io.parley.features.accounts.AccountsNode.PASSWORD;
import static io.parley.features.accounts.AccountsNode.join;
import static io.parley.features.accounts.AccountsNode.registration;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.parley.features.accounts.AccountActions.Client;
import io.parley.features.accounts.AccountActions.LogIn;
import io.parley.features.accounts.AccountActions.SetStatus;
import io.parley.features.accounts.AccountActions.SignedIn;
import io.parley.features.accounts.AccountActions.User;
import io.parley.features.accounts.AccountActions.Where;
import io.parley.features.accounts.passwords.CountingHash;
import io.parley.features.accounts.passwords.LoginLimiter;
import io.parley.features.accounts.tokens.AccessTokens;
import io.parley.features.accounts.tokens.SigningKeys;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignInIT {
    private static final Client CLIENT = new Client(null, "10.0.0.1");

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
    void whoHasRegisteredLogsInByUsernameOrMailAddressInAnyCase() {
        SignedIn registered = node.register("Grace.Hopper");
        User grace = user(registered);

        assertThat(grace.username()).isEqualTo("Grace.Hopper");
        assertThat(grace.email()).isEqualTo("Grace.Hopper@example.org");
        assertThat(grace.kind()).isEqualTo("user");
        assertThat(registered.expiresIn()).isEqualTo(900);
        for (String login : List.of("grace.hopper", "GRACE.HOPPER", "grace.HOPPER@Example.org")) {
            assertThat(user(logIn(login, PASSWORD))).isEqualTo(grace);
        }
    }

    @Test
    void aTokenIsThePersonsAndEachLogInHasItsOwn() {
        SignedIn first = node.register("tokens");
        SignedIn second = logIn("tokens", PASSWORD);

        assertThat(second.accessToken()).isNotEqualTo(first.accessToken());
        assertThat(second.refreshToken()).isNotEqualTo(first.refreshToken()).hasSize(43);
        var principal = join(node.feature.authenticator(node.bus).authenticate(second.accessToken()));
        assertThat(principal.user()).isEqualTo(user(first).id());
        assertThat(principal.tenant()).isEqualTo(AccountsNode.DEFAULT_TENANT);
    }

    @Test
    void namesAndAddressesAreTakenInAnyCase() {
        node.register("taken");

        assertRefused(ErrorCode.USERNAME_TAKEN, () -> node.register("TAKEN"));
        var sameAddress = new AccountActions.Register(HERE, "other", "Taken@EXAMPLE.org", PASSWORD, "Other", CLIENT);
        assertRefused(ErrorCode.EMAIL_TAKEN, () -> node.ask(AccountActions.REGISTER, sameAddress));
        assertThat(node.sql("SELECT FROM users WHERE username_folded = 'other'"))
                .isEmpty();
    }

    @Test
    void ofManyWhoWantANameAtOnceOneGetsIt() {
        List<Future<SignedIn>> asked = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            asked.add(node.bus.ask(
                    AccountActions.REGISTER,
                    new AccountActions.Register(HERE, "wanted", "wanted" + i + "@example.org", PASSWORD, "W", CLIENT)));
        }
        join(Future.join(asked).otherwiseEmpty());

        assertThat(asked).filteredOn(Future::succeeded).hasSize(1);
        assertThat(asked)
                .filteredOn(Future::failed)
                .allSatisfy(refused ->
                        assertThat(((AppError) refused.cause()).code()).isEqualTo(ErrorCode.USERNAME_TAKEN));
        assertThat(node.sql(
                        "SELECT FROM credentials c JOIN users u ON u.id = c.user_id " + "WHERE u.username = 'wanted'"))
                .hasSize(1);
    }

    @Test
    void allThatIsWrongWithARegistrationIsTold() {
        var nonsense = new AccountActions.Register(HERE, "x", "y", "z", "\u202E", CLIENT);

        AppError error = refusal(() -> node.ask(AccountActions.REGISTER, nonsense));

        assertThat(error.code()).isEqualTo(ErrorCode.VALIDATION_FAILED);
        assertThat(error.errors())
                .extracting(AppError.FieldError::field)
                .containsExactly("username", "email", "displayName", "password");
    }

    @Test
    void registrationCanBeClosed() {
        try (AccountsNode closed = AccountsNode.start(data, Map.of("PARLEY_AUTH_REGISTRATION", "false"))) {
            assertRefused(ErrorCode.FORBIDDEN, () -> closed.register("somebody"));
        }
    }

    @Test
    void anUnknownNameAndAWrongPasswordGetTheSameAnswerForTheSameWork() {
        CountingHash hash = new CountingHash();
        SignIn signIn = signIn(hash);
        join(signIn.register(registration(HERE, "known")));
        node.provision("nopassword", "Has none");

        List<AppError> answers = new ArrayList<>();
        List<Integer> work = new ArrayList<>();
        for (String login :
                List.of("known", "known@example.org", "unknown", "unknown@example.org", "nopassword", "☃")) {
            int before = hash.checks();
            answers.add(refusal(
                    () -> join(signIn.logIn(new LogIn(HERE, login, "wrong password", new Client(null, "10.0.0.1"))))));
            work.add(hash.checks() - before);
        }

        assertThat(work).containsOnly(1);
        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.code()).isEqualTo(ErrorCode.INVALID_CREDENTIALS);
            assertThat(answer.detail()).isEqualTo(answers.getFirst().detail());
            assertThat(answer.errors()).isEmpty();
        });
    }

    @Test
    void afterTenWrongPasswordsEvenTheRightOneMustWaitAndUnknownNamesBehaveAlike() {
        CountingHash hash = new CountingHash();
        SignIn signIn = signIn(hash);
        join(signIn.register(registration(HERE, "limited")));

        for (String login : List.of("limited", "nobody")) {
            for (int i = 0; i < 10; i++) {
                assertRefused(
                        ErrorCode.INVALID_CREDENTIALS,
                        () -> join(
                                signIn.logIn(new LogIn(HERE, login, "wrong password", new Client(null, "10.0.0.2")))));
            }
            int before = hash.checks();
            AppError error =
                    refusal(() -> join(signIn.logIn(new LogIn(HERE, login, PASSWORD, new Client(null, "10.0.0.3")))));
            assertThat(error.code()).isEqualTo(ErrorCode.RATE_LIMITED);
            assertThat(error.retryAfterMs()).isPositive();
            assertThat(hash.checks()).isEqualTo(before);
        }
        assertRefused(
                ErrorCode.RATE_LIMITED,
                () -> join(
                        signIn.logIn(new LogIn(HERE, "limited@example.org", PASSWORD, new Client(null, "10.0.0.3")))));
    }

    @Test
    void thatAnAccountIsSuspendedIsSaidOnlyToWhoKnowsItsPassword() {
        UUID user = user(node.register("suspended")).id();
        node.ask(AccountActions.SET_STATUS, new SetStatus(user, "suspended"));

        assertRefused(ErrorCode.INVALID_CREDENTIALS, () -> logIn("suspended", "wrong password"));
        assertRefused(ErrorCode.ACCOUNT_SUSPENDED, () -> logIn("suspended", PASSWORD));

        node.ask(AccountActions.SET_STATUS, new SetStatus(user, "active"));
        assertThat(user(logIn("suspended", PASSWORD)).id()).isEqualTo(user);
    }

    @Test
    void theTenantIsFoundByHostNameElseBySlugElseItIsTheDefaultOne() {
        UUID acme = node.tenant("acme", "chat.acme.example");
        UUID corp = node.tenant("corp", null);
        node.register("everywhere");
        node.ask(AccountActions.REGISTER, registration(new Where("localhost", "corp"), "everywhere"));
        node.ask(AccountActions.REGISTER, registration(new Where("CHAT.acme.example", null), "everywhere"));

        assertThat(tenantOf(new Where("chat.acme.example", null))).isEqualTo(acme);
        assertThat(tenantOf(new Where("chat.acme.example", "corp"))).isEqualTo(acme);
        assertThat(tenantOf(new Where("localhost", "corp"))).isEqualTo(corp);
        assertThat(tenantOf(HERE)).isEqualTo(AccountsNode.DEFAULT_TENANT);

        AppError unknown = refusal(() -> tenantOf(new Where("localhost", "nosuch")));
        assertThat(unknown.errors()).extracting(AppError.FieldError::field).containsExactly("tenant");
        node.sql("UPDATE tenants SET status = 'suspended' WHERE slug = 'corp'");
        assertRefused(ErrorCode.VALIDATION_FAILED, () -> tenantOf(new Where("localhost", "corp")));
    }

    @Test
    void passwordsAreStoredAsArgon2idOnly() {
        node.register("stored");

        assertThat(node.sql("SELECT password_hash FROM credentials c JOIN users u ON u.id = c.user_id "
                        + "WHERE u.username = 'stored'"))
                .singleElement()
                .satisfies(row ->
                        assertThat(row.getString("password_hash")).startsWith("$argon2id$v=19$m=19456,t=2,p=1$"));
    }

    @Test
    void aNameThatTheDatabaseCannotHoldIsRefusedAndNotADefect() {
        assertRefused(ErrorCode.VALIDATION_FAILED, () -> logIn("a\u0000b", PASSWORD));
        assertRefused(ErrorCode.VALIDATION_FAILED, () -> logIn("\uD800", PASSWORD));
    }

    private static UUID tenantOf(Where where) {
        SignedIn signedIn =
                node.ask(AccountActions.LOG_IN, new LogIn(where, "everywhere", PASSWORD, new Client(null, "10.0.0.9")));
        return join(node.feature.authenticator(node.bus).authenticate(signedIn.accessToken()))
                .tenant();
    }

    private static SignedIn logIn(String login, String password) {
        return node.ask(AccountActions.LOG_IN, new LogIn(HERE, login, password, CLIENT));
    }

    private static SignIn signIn(CountingHash hash) {
        Metrics metrics = new Metrics();
        return new SignIn(
                node.config.auth(),
                new AccountStore(node.database),
                new RefreshStore(node.database, node.bus, metrics, 30),
                hash.hasher(node.vertx),
                new LoginLimiter(null, 10, 100),
                new AccessTokens(
                        node.vertx, SigningKeys.load(data.resolve("keys"), ""), "parley", 900, Clock.systemUTC()),
                metrics);
    }

    private static User user(SignedIn signedIn) {
        return Objects.requireNonNull(signedIn.user());
    }

    private interface Asking {
        @Nullable
        Object ask();
    }

    private static void assertRefused(ErrorCode code, Asking asking) {
        assertThatThrownBy(asking::ask)
                .isInstanceOfSatisfying(
                        AppError.class, error -> assertThat(error.code()).isEqualTo(code));
    }

    private static AppError refusal(Asking asking) {
        return Objects.requireNonNull(catchThrowableOfType(AppError.class, asking::ask));
    }
}
