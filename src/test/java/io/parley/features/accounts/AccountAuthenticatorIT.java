package io.parley.features.accounts;

import static io.parley.features.accounts.AccountsNode.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Ticker;
import io.parley.bus.Bus;
import io.parley.features.accounts.AccountActions.Client;
import io.parley.features.accounts.AccountActions.IssueTokens;
import io.parley.features.accounts.AccountActions.LogIn;
import io.parley.features.accounts.AccountActions.SetStatus;
import io.parley.features.accounts.AccountActions.SignedIn;
import io.parley.features.accounts.AccountActions.Token;
import io.parley.features.accounts.AccountActions.TokenState;
import io.parley.features.accounts.tokens.AccessTokens;
import io.parley.features.accounts.tokens.OperatorKey;
import io.parley.features.accounts.tokens.SigningKeys;
import io.parley.features.accounts.tokens.TokenVerifier;
import io.parley.features.devices.DeviceActions;
import io.parley.features.devices.DeviceActions.End;
import io.parley.features.devices.DeviceActions.EndAll;
import io.parley.server.auth.Origin;
import io.parley.server.auth.Principal;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.parley.support.Config;
import io.parley.support.ErrorCode;
import io.parley.support.Secret;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountAuthenticatorIT {
    private static final String ISSUER = "https://shop.example";
    private static final String OPERATOR_KEY = "0123456789abcdef0123456789abcdef";

    @TempDir
    private static Path data;

    private static AccountsNode node;
    private static KeyPair issuerKey;

    private final AtomicLong nanos = new AtomicLong();

    @BeforeAll
    static void start() throws IOException, NoSuchAlgorithmException {
        node = AccountsNode.start(data);
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        issuerKey = generator.generateKeyPair();
        Files.writeString(
                data.resolve("shop.pem"),
                pem("PUBLIC KEY", issuerKey.getPublic().getEncoded()));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void aSuspendedPersonIsOutWithinASecond() {
        AccountAuthenticator authenticator = authenticator(node.bus);
        UUID user = node.provision("out", "Out");
        String token = token(user);
        assertThat(join(authenticator.authenticate(token)).user()).isEqualTo(user);

        node.ask(AccountActions.SET_STATUS, new SetStatus(user, "suspended"));
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());

        assertUnauthenticated(authenticator, token);
        node.ask(AccountActions.SET_STATUS, new SetStatus(user, "active"));
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(join(authenticator.authenticate(token))).isNotNull();
    }

    @Test
    void thePeopleOfASuspendedTenantAreOut() {
        UUID tenant = node.tenant("bankrupt", null);
        var registration = AccountsNode.registration(new AccountActions.Where("", "bankrupt"), "employee");
        String token = node.ask(AccountActions.REGISTER, registration).accessToken();
        AccountAuthenticator authenticator = authenticator(node.bus);
        assertThat(join(authenticator.authenticate(token)).tenant()).isEqualTo(tenant);

        node.sql("UPDATE tenants SET status = 'suspended' WHERE slug = 'bankrupt'");
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());

        assertUnauthenticated(authenticator, token);
    }

    @Test
    void withoutTheDatabaseNobodyIsLetInAndTheFailureIsNotRemembered() {
        Vertx lonely = Vertx.vertx();
        Bus bus = Bus.alone(lonely, 1);
        UUID user = node.provision("waiting", "Waiting");
        String token = token(user);
        AccountAuthenticator authenticator = authenticator(bus);

        assertThatThrownBy(() -> join(authenticator.authenticate(token)))
                .isInstanceOfSatisfying(
                        AppError.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        join(bus.answer(AccountActions.TOKEN_STATE, asked -> Future.succeededFuture(new TokenState(true, null)))
                .completed());

        assertThat(join(authenticator.authenticate(token)).user()).isEqualTo(user);
        join(lonely.close());
    }

    @Test
    void everyCallerIsAnsweredOnItsOwnContext() {
        String token = token(node.provision("everywhere", "Everywhere"));
        AccountAuthenticator authenticator = authenticator(node.bus);
        Set<Object> right = ConcurrentHashMap.newKeySet();
        List<Future<Principal>> calls = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            var promise = Promise.<Principal>promise();
            calls.add(promise.future());
            var context = node.vertx.getOrCreateContext();
            context.runOnContext(ignored -> authenticator.authenticate(token).onComplete(outcome -> {
                if (context.equals(Vertx.currentContext())) {
                    right.add(promise);
                }
                promise.handle(outcome);
            }));
        }
        join(Future.all(calls));

        assertThat(right).hasSize(50);
    }

    @Test
    void aStormOfQuestionsIsFewQueries() {
        List<UUID> people = new ArrayList<>();
        for (int i = 0; i < 2000; i += 1000) {
            int from = i;
            people.addAll(node.provision(IntStream.range(from, from + 1000)
                    .mapToObj(n -> new AccountActions.NewUser("storm" + n, "Storm", null))
                    .toArray(AccountActions.NewUser[]::new)));
        }
        AtomicInteger queries = new AtomicInteger();
        Database counting = (sql, parameters) -> {
            queries.incrementAndGet();
            return node.database.query(sql, parameters);
        };
        UUID stranger = UUID.randomUUID();
        people.add(stranger);

        List<Future<TokenState>> answers = new ArrayList<>();
        var asked = Promise.<Void>promise();
        node.vertx.runOnContext(ignored -> {
            TokenStates states = new TokenStates(counting, seen -> {});
            people.forEach(
                    user -> answers.add(states.of(new Token(AccountsNode.DEFAULT_TENANT, user, Origin.issued(null)))));
            answers.add(states.of(new Token(stranger, people.getFirst(), Origin.issued(null))));
            asked.complete();
        });
        join(asked.future());
        join(Future.all(answers));

        assertThat(queries.get()).isLessThanOrEqualTo(6);
        assertThat(answers.subList(0, 2000)).allMatch(answer -> answer.result().holds());
        assertThat(answers.subList(2000, 2002))
                .noneMatch(answer -> answer.result().holds());
    }

    @Test
    void aPersonOfATrustedIssuerIsMadeOnFirstUseAndOnceOnly() {
        List<Future<Principal>> calls = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            calls.add(authenticator(node.bus).authenticate(foreign("7", "Đức", "duc@shop.example")));
        }
        join(Future.all(calls));

        Set<UUID> people = new HashSet<>();
        calls.forEach(call -> people.add(call.result().user()));
        assertThat(people).hasSize(1);
        assertThat(node.sql(
                        "SELECT username, display_name, email, words FROM users WHERE id = $1",
                        people.iterator().next()))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.getString("username")).isEqualTo("duc");
                    assertThat(row.getString("display_name")).isEqualTo("Person 7");
                    assertThat(row.getString("email")).isEqualTo("duc@shop.example");
                    assertThat(row.getArrayOfStrings("words")).contains("duc", "person");
                });
    }

    @Test
    void aPersonOfAnIssuerNeverBecomesSomebodyWhoIsHereAlready() {
        UUID here = Objects.requireNonNull(node.register("victim").user()).id();

        UUID foreigner = join(authenticator(node.bus).authenticate(foreign("8", "victim", "victim@example.org")))
                .user();

        assertThat(foreigner).isNotEqualTo(here);
        assertThat(node.sql("SELECT username, email FROM users WHERE id = $1", foreigner))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.getString("username")).matches("victim-[0-9a-f]{4}");
                    assertThat(row.getString("email")).isNull();
                });
    }

    @Test
    void aSuspendedPersonOfAnIssuerIsOut() {
        AccountAuthenticator authenticator = authenticator(node.bus);
        String token = foreign("9", "nine", null);
        UUID user = join(authenticator.authenticate(token)).user();

        node.ask(AccountActions.SET_STATUS, new SetStatus(user, "suspended"));
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());

        assertUnauthenticated(authenticator, token);
    }

    @Test
    void aLogInThatHasEndedIsOutWithinASecondAndAnotherOneStays() {
        AccountAuthenticator authenticator = authenticator(node.bus);
        SignedIn first = node.register("twice");
        UUID user = Objects.requireNonNull(first.user()).id();
        SignedIn second = node.ask(
                AccountActions.LOG_IN,
                new LogIn(AccountsNode.HERE, "twice", AccountsNode.PASSWORD, new Client(null, "10.0.0.1")));
        UUID login =
                join(authenticator.authenticate(first.accessToken())).origin().login();
        assertThat(join(authenticator.authenticate(second.accessToken())).user())
                .isEqualTo(user);

        node.ask(DeviceActions.END, new End(AccountsNode.DEFAULT_TENANT, user, Objects.requireNonNull(login)));
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());

        assertUnauthenticated(authenticator, first.accessToken());
        assertThat(join(authenticator.authenticate(second.accessToken())).user())
                .isEqualTo(user);
    }

    @Test
    void afterLoggingOutEverywhereOnlyTokensIssuedSinceHold() {
        AccountAuthenticator authenticator = authenticator(node.bus);
        UUID ours = node.provision("embedded", "Embedded");
        String issued = token(ours);
        String foreign = foreign("10", "ten", null);
        UUID foreigner = join(authenticator.authenticate(foreign)).user();
        SignedIn own = node.register("elsewhere");
        UUID user = Objects.requireNonNull(own.user()).id();

        for (UUID person : List.of(ours, foreigner, user)) {
            node.ask(DeviceActions.END_ALL, new EndAll(AccountsNode.DEFAULT_TENANT, person, null, true));
        }
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());

        for (String token : List.of(issued, foreign, own.accessToken())) {
            assertUnauthenticated(authenticator, token);
        }
        Awaitility.await().ignoreExceptionsInstanceOf(AppError.class).untilAsserted(() -> {
            assertThat(join(authenticator.authenticate(token(ours))).user()).isEqualTo(ours);
            assertThat(join(authenticator.authenticate(foreign("10", "ten", null)))
                            .user())
                    .isEqualTo(foreigner);
        });
    }

    @Test
    void onlyTheOperatorsKeyIsTheOperators() {
        AccountAuthenticator authenticator = authenticator(node.bus);

        assertThat(authenticator.isOperator(OPERATOR_KEY)).isTrue();
        assertThat(authenticator.isOperator(OPERATOR_KEY + "0")).isFalse();
        assertThat(authenticator.isOperator("")).isFalse();
    }

    private AccountAuthenticator authenticator(Bus bus) {
        Clock clock = Clock.systemUTC();
        AccessTokens tokens =
                new AccessTokens(node.vertx, SigningKeys.load(data.resolve("keys"), ""), "parley", 900, clock);
        Config.Issuer issuer =
                new Config.Issuer(ISSUER, "parley", data.resolve("shop.pem").toString(), "", "default");
        Ticker ticker = nanos::get;
        return new AccountAuthenticator(
                bus,
                new TokenVerifier(node.vertx, tokens, List.of(issuer), clock),
                OperatorKey.of(new Secret(OPERATOR_KEY)),
                ticker);
    }

    private static String token(UUID user) {
        return Objects.requireNonNull(node.ask(AccountActions.ISSUE_TOKENS, new IssueTokens(List.of(user)))
                .items()
                .getFirst()
                .accessToken());
    }

    private static String foreign(String subject, String username, @Nullable String email) {
        JWTAuth issuer = JWTAuth.create(
                node.vertx,
                new JWTAuthOptions()
                        .addPubSecKey(new PubSecKeyOptions()
                                .setAlgorithm("RS256")
                                .setBuffer(pem(
                                        "PRIVATE KEY", issuerKey.getPrivate().getEncoded()))));
        JsonObject claims = new JsonObject()
                .put("sub", subject)
                .put("preferred_username", username)
                .put("name", "Person " + subject)
                .put("email", email);
        return issuer.generateToken(
                claims,
                new JWTOptions()
                        .setAlgorithm("RS256")
                        .setIssuer(ISSUER)
                        .setAudience(List.of("parley"))
                        .setExpiresInSeconds(60));
    }

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END " + kind + "-----\n";
    }

    private static void assertUnauthenticated(AccountAuthenticator authenticator, String token) {
        assertThatThrownBy(() -> join(authenticator.authenticate(token)))
                .isInstanceOfSatisfying(
                        AppError.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.UNAUTHENTICATED));
    }
}
