package io.parley.features.accounts;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.parley.bus.Bus;
import io.parley.features.accounts.AccountActions.Account;
import io.parley.features.accounts.AccountActions.ExternalPerson;
import io.parley.features.accounts.AccountActions.Token;
import io.parley.features.accounts.AccountActions.TokenState;
import io.parley.features.accounts.tokens.AccessClaims;
import io.parley.features.accounts.tokens.Bearer;
import io.parley.features.accounts.tokens.ForeignPerson;
import io.parley.features.accounts.tokens.OperatorKey;
import io.parley.features.accounts.tokens.TokenVerifier;
import io.parley.server.auth.Authenticator;
import io.parley.server.auth.Origin;
import io.parley.server.auth.Principal;
import io.parley.support.AppError;
import io.parley.support.Contexts;
import io.parley.support.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;

/**
 * Tells who shows a token: the token is verified here, whether the account is active and the log-in lives is asked of
 * the persistence side and believed for a second from the question on. Who the people of trusted issuers are here never changes and is
 * remembered. One for the node, called on all event loops.
 */
final class AccountAuthenticator implements Authenticator {
    private static final Duration STATE_HOLDS = Duration.ofSeconds(1);
    private static final Duration PERSON_HOLDS = Duration.ofHours(1);
    private static final int MAX_REMEMBERED = 100_000;

    private record Foreigner(String issuer, String subject) {}

    private final Bus bus;
    private final TokenVerifier verifier;
    private final OperatorKey operator;
    private final Cache<Token, Future<TokenState>> states;
    private final Cache<Foreigner, Account> foreigners;

    AccountAuthenticator(Bus bus, TokenVerifier verifier, OperatorKey operator, Ticker ticker) {
        this.bus = bus;
        this.verifier = verifier;
        this.operator = operator;
        this.states = remembering(STATE_HOLDS, ticker).build();
        this.foreigners = remembering(PERSON_HOLDS, ticker).build();
    }

    private static Caffeine<Object, Object> remembering(Duration time, Ticker ticker) {
        return Caffeine.newBuilder()
                .expireAfterWrite(time)
                .maximumSize(MAX_REMEMBERED)
                .ticker(ticker)
                .executor(Runnable::run);
    }

    @Override
    public Future<Principal> authenticate(String accessToken) {
        return verifier.verify(accessToken)
                .compose(bearer -> account(bearer).compose(account -> principal(bearer, account)));
    }

    private Future<Principal> principal(Bearer bearer, Account account) {
        Token token = new Token(account.tenant(), account.user(), origin(bearer));
        return holding(token)
                .map(state -> new Principal(
                        account.tenant(), account.user(), token.origin(), state.device(), bearer.expiresAt()));
    }

    private static Origin origin(Bearer bearer) {
        return bearer instanceof AccessClaims ours && ours.session() != null
                ? Origin.login(ours.session())
                : Origin.issued(bearer.issuedAt());
    }

    @Override
    public boolean isOperator(String bearer) {
        return operator.matches(bearer);
    }

    private Future<Account> account(Bearer bearer) {
        return switch (bearer) {
            case AccessClaims ours -> Future.succeededFuture(new Account(ours.tenant(), ours.user()));
            case ForeignPerson foreign -> foreigner(foreign);
        };
    }

    private Future<Account> foreigner(ForeignPerson person) {
        Foreigner key = new Foreigner(person.issuer(), person.subject());
        Account known = foreigners.getIfPresent(key);
        if (known != null) {
            return Future.succeededFuture(known);
        }
        ExternalPerson ask = new ExternalPerson(
                person.tenant(), person.issuer(), person.subject(), person.username(), person.name(), person.email());
        return bus.ask(AccountActions.EXTERNAL_PERSON, ask).onSuccess(account -> foreigners.put(key, account));
    }

    private Future<TokenState> holding(Token token) {
        return Contexts.toCaller(state(token))
                .compose(state -> state.holds()
                        ? Future.succeededFuture(state)
                        : Future.failedFuture(
                                AppError.of(ErrorCode.UNAUTHENTICATED, "The account or the log-in has ended")));
    }

    /** Callers at the same time share one question; a failure is not remembered. */
    private Future<TokenState> state(Token token) {
        Promise<TokenState> mine = Promise.promise();
        Future<TokenState> earlier = states.asMap().putIfAbsent(token, mine.future());
        if (earlier != null) {
            return earlier;
        }
        bus.ask(AccountActions.TOKEN_STATE, token)
                .onFailure(ignored -> states.asMap().remove(token, mine.future()))
                .onComplete(mine);
        return mine.future();
    }
}
