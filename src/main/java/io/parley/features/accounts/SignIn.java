package io.parley.features.accounts;

import io.parley.features.accounts.AccountActions.Client;
import io.parley.features.accounts.AccountActions.LogIn;
import io.parley.features.accounts.AccountActions.LogOut;
import io.parley.features.accounts.AccountActions.Refresh;
import io.parley.features.accounts.AccountActions.Register;
import io.parley.features.accounts.AccountActions.SignedIn;
import io.parley.features.accounts.AccountActions.User;
import io.parley.features.accounts.AccountStore.Candidate;
import io.parley.features.accounts.passwords.LoginLimiter;
import io.parley.features.accounts.passwords.PasswordHasher;
import io.parley.features.accounts.tokens.AccessTokens;
import io.parley.support.AppError;
import io.parley.support.Config;
import io.parley.support.ErrorCode;
import io.parley.support.Metrics;
import io.parley.support.Texts;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Registering, logging in and refreshing, step by step. A log-in with an unknown name takes every step that one with a
 * wrong password takes, and ends in the same words.
 */
final class SignIn {
    private final Config.Auth config;
    private final AccountStore accounts;
    private final RefreshStore logins;
    private final PasswordHasher hasher;
    private final LoginLimiter limiter;
    private final AccessTokens tokens;
    private final Metrics metrics;

    /** Why a log-in failed; the caller is not told the first two apart. */
    private enum Failure {
        UNKNOWN,
        WRONG_PASSWORD,
        SUSPENDED,
        LIMITED
    }

    SignIn(
            Config.Auth config,
            AccountStore accounts,
            RefreshStore logins,
            PasswordHasher hasher,
            LoginLimiter limiter,
            AccessTokens tokens,
            Metrics metrics) {
        this.config = config;
        this.accounts = accounts;
        this.logins = logins;
        this.hasher = hasher;
        this.limiter = limiter;
        this.tokens = tokens;
        this.metrics = metrics;
    }

    Future<SignedIn> register(Register asked) {
        if (!config.registration()) {
            return Future.failedFuture(AppError.of(ErrorCode.FORBIDDEN, "Registration is closed on this server"));
        }
        AccountRules.require(AccountRules.registration(asked, config.passwordMinLength()));
        return accounts.tenant(asked.where().host(), asked.where().tenant())
                .compose(tenant -> hasher.hash(asked.password())
                        .compose(hash -> accounts.register(tenant, asked, hash))
                        .compose(user -> open(tenant, user, asked.client())));
    }

    Future<SignedIn> logIn(LogIn asked) {
        String login = Texts.requireStorable("login", asked.login());
        return accounts.tenant(asked.where().host(), asked.where().tenant())
                .compose(tenant -> accounts.candidate(tenant, login)
                        .compose(candidate -> checked(tenant, asked, candidate))
                        .compose(user -> open(tenant, user, asked.client())));
    }

    /** The person, when the password is his and he is active. */
    private Future<User> checked(UUID tenant, LogIn asked, Optional<Candidate> candidate) {
        String account = tenant
                + candidate
                        .map(known -> known.user().id().toString())
                        .orElseGet(() -> AccountRules.fold(asked.login()));
        return limiter.begin(account, asked.client().address())
                .onFailure(limited -> metrics.loginFailed(Failure.LIMITED))
                .compose(attempt -> hasher.matches(asked.password(), passwordHash(candidate))
                        .onFailure(busy -> attempt.notMade())
                        .compose(right -> judged(attempt, right, candidate)));
    }

    private static @Nullable String passwordHash(Optional<Candidate> candidate) {
        return candidate.isPresent() ? candidate.get().passwordHash() : null;
    }

    private Future<User> judged(LoginLimiter.Attempt attempt, boolean right, Optional<Candidate> candidate) {
        if (!right || candidate.isEmpty()) {
            metrics.loginFailed(candidate.isEmpty() ? Failure.UNKNOWN : Failure.WRONG_PASSWORD);
            return Future.failedFuture(AppError.of(ErrorCode.INVALID_CREDENTIALS));
        }
        attempt.succeeded();
        if (!candidate.get().active()) {
            metrics.loginFailed(Failure.SUSPENDED);
            return Future.failedFuture(AppError.of(ErrorCode.ACCOUNT_SUSPENDED));
        }
        return Future.succeededFuture(candidate.get().user());
    }

    private Future<SignedIn> open(UUID tenant, User user, Client client) {
        return logins.open(tenant, user.id(), client).compose(login -> signedIn(user, login));
    }

    Future<SignedIn> refresh(Refresh asked) {
        return logins.rotate(asked).compose(login -> signedIn(null, login));
    }

    private Future<SignedIn> signedIn(@Nullable User user, RefreshStore.Login login) {
        return tokens.issue(login.tenant(), login.user(), login.id())
                .map(token -> new SignedIn(user, token, login.token().reveal(), tokens.lifeSeconds()));
    }

    Future<Void> logOut(LogOut asked) {
        return logins.end(asked.refreshToken());
    }
}
