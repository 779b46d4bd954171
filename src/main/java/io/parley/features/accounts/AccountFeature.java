package io.parley.features.accounts;

import com.github.benmanes.caffeine.cache.Ticker;
import io.parley.bus.Bus;
import io.parley.bus.Nothing;
import io.parley.features.accounts.AccountActions.Account;
import io.parley.features.accounts.AccountActions.ExternalPerson;
import io.parley.features.accounts.passwords.LoginLimiter;
import io.parley.features.accounts.passwords.PasswordHasher;
import io.parley.features.accounts.tokens.AccessTokens;
import io.parley.features.accounts.tokens.OperatorKey;
import io.parley.features.accounts.tokens.SigningKeys;
import io.parley.features.accounts.tokens.TokenVerifier;
import io.parley.features.devices.DeviceActions;
import io.parley.features.devices.DeviceActions.Sighting;
import io.parley.features.devices.DeviceActions.Sightings;
import io.parley.server.Feature;
import io.parley.server.auth.Authenticator;
import io.parley.server.contract.OperationHost;
import io.parley.server.persistence.PersistenceHost;
import io.parley.support.AppError;
import io.parley.support.Config;
import io.parley.support.ErrorCode;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisAPI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The door plate of accounts: what is made once for the node, and what each host is handed. */
public final class AccountFeature implements Feature {
    private final Config.Auth config;
    private final AccessTokens tokens;
    private final TokenVerifier verifier;
    private final OperatorKey operator;
    private final PasswordHasher hasher;
    private final LoginLimiter limiter;
    private final Metrics metrics;

    /**
     * Reads keys, and in embedded mode makes those that are not there. Blocks: call it on a worker.
     *
     * @param node as configured, before the addresses of embedded servers were put in
     * @param redis null when there is none; log-in attempts are then counted on this node alone
     * @throws IllegalStateException saying in a line which key or which part of the configuration is wrong
     */
    public AccountFeature(Vertx vertx, Config node, @Nullable RedisAPI redis, Metrics metrics) {
        this.metrics = metrics;
        this.config = node.auth();
        Clock clock = Clock.systemUTC();
        this.tokens = new AccessTokens(vertx, signingKeys(node), config.issuer(), config.accessTokenSeconds(), clock);
        this.verifier = new TokenVerifier(vertx, tokens, config.issuers(), clock);
        this.operator = operatorKey(node);
        this.hasher = new PasswordHasher(vertx, config.hashThreads(), config.hashQueue(), metrics);
        this.limiter = new LoginLimiter(redis, config.loginFailuresPerAccount(), config.loginFailuresPerAddress());
    }

    private static SigningKeys signingKeys(Config node) {
        Config.Auth auth = node.auth();
        return auth.keys().isEmpty()
                ? SigningKeys.loadOrMake(Path.of(node.data(), "keys"), auth.signingKey())
                : SigningKeys.load(Path.of(auth.keys()), auth.signingKey());
    }

    private static OperatorKey operatorKey(Config node) {
        return node.auth().operatorKey().isEmpty() && node.postgres().embedded()
                ? OperatorKey.loadOrMake(Path.of(node.data()))
                : OperatorKey.of(node.auth().operatorKey());
    }

    /** For the hosts that must know who calls. */
    public Authenticator authenticator(Bus bus) {
        return new AccountAuthenticator(bus, verifier, operator, Ticker.systemTicker());
    }

    @Override
    public void persistence(PersistenceHost host) {
        AccountStore accounts = new AccountStore(host.database());
        TokenStates states = new TokenStates(host.database(), seen -> noted(host.bus(), seen));
        AccountSearch search = new AccountSearch(host.database());
        RefreshStore logins = new RefreshStore(host.database(), host.bus(), metrics, config.refreshTokenDays());
        SignIn signIn = new SignIn(config, accounts, logins, hasher, limiter, tokens, metrics);
        Operations operations = new Operations(host.database(), host.bus(), accounts, tokens);

        host.answer(AccountActions.REGISTER, signIn::register);
        host.answer(AccountActions.LOG_IN, signIn::logIn);
        host.answer(AccountActions.REFRESH, signIn::refresh);
        host.answer(AccountActions.LOG_OUT, asked -> signIn.logOut(asked).map(Nothing.NOTHING));
        host.answer(AccountActions.GET_USER, accounts::get);
        host.answer(AccountActions.UPDATE_ME, accounts::update);
        host.answer(AccountActions.SEARCH_USERS, search::search);
        host.answer(AccountActions.PROVISION_USERS, operations::provision);
        host.answer(AccountActions.ISSUE_TOKENS, operations::issueTokens);
        host.answer(AccountActions.SET_STATUS, operations::setStatus);
        host.answer(AccountActions.SET_KIND, operations::setKind);
        host.answer(AccountActions.TOKEN_STATE, states::of);
        host.answer(AccountActions.EXTERNAL_PERSON, person -> external(accounts, person));
    }

    private static void noted(Bus bus, List<Sighting> seen) {
        var unused = bus.ask(DeviceActions.NOTE, new Sightings(seen));
    }

    private static Future<Account> external(AccountStore accounts, ExternalPerson person) {
        return accounts.tenant(null, person.tenant())
                .compose(tenant -> accounts.external(
                                tenant, person.issuer(), person.subject(), ExternalNames.of(person))
                        .compose(user -> user.map(id -> Future.succeededFuture(new Account(tenant, id)))
                                .orElseGet(() -> Future.failedFuture(AppError.of(ErrorCode.UNAVAILABLE)))));
    }

    @Override
    public void operations(OperationHost host) {
        AccountRoutes.register(host);
    }
}
