package io.parley.features.accounts.tokens;

import io.parley.support.AppError;
import io.parley.support.Contexts;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of an issuer by its JWKS address. Fetched when first needed, again when a token names an unknown key
 * (at most every 30 s, whatever tokens come), and again every ten minutes, so that a key taken back stops being
 * believed. While the address does not answer, the keys known so far hold. Used from any event loop.
 */
final class RemoteKeys implements IssuerKeys {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteKeys.class);
    private static final Duration BETWEEN_FETCHES = Duration.ofSeconds(30);
    private static final Duration FRESH = Duration.ofMinutes(10);
    private static final long TIMEOUT_MS = 5_000;
    private static final int OK = 200;
    private static final int MAX_BYTES = 256 * 1024;

    /** Keys that were fetched together. */
    private record Keys(Set<String> kids, JWTAuth auth) {}

    private final Vertx vertx;
    private final HttpClient client;
    private final String url;
    private final JWTOptions checks;
    private final Clock clock;

    private Keys keys;
    private Instant fetchedAt = Instant.MIN;
    private Instant triedAt = Instant.MIN;
    private boolean lastFailed;
    private @Nullable Future<Void> underWay;

    /** @param checks what a token must meet besides its signature */
    RemoteKeys(Vertx vertx, String url, JWTOptions checks, Clock clock) {
        this.vertx = vertx;
        this.client = vertx.createHttpClient(new HttpClientOptions().setConnectTimeout((int) TIMEOUT_MS));
        this.url = url;
        this.checks = checks;
        this.clock = clock;
        this.keys = keys(KeySet.NONE);
    }

    private Keys keys(KeySet set) {
        return new Keys(
                set.kids(),
                JWTAuth.create(vertx, new JWTAuthOptions().setJwks(set.jwks()).setJWTOptions(checks)));
    }

    @Override
    public Future<JWTAuth> withKid(String kid) {
        Future<Void> fetch = fetchIfWanted(kid);
        Keys known = known();
        if (known.kids().contains(kid)) {
            return Future.succeededFuture(known.auth());
        }
        return Contexts.toCaller(fetch).compose(ignored -> afterFetch(kid));
    }

    private Future<JWTAuth> afterFetch(String kid) {
        Keys known = known();
        if (known.kids().contains(kid)) {
            return Future.succeededFuture(known.auth());
        }
        return Future.failedFuture(
                unreachable()
                        ? AppError.unavailable("The issuer's keys cannot be fetched now")
                        : TokenParts.unauthenticated());
    }

    private synchronized Keys known() {
        return keys;
    }

    private synchronized boolean unreachable() {
        return lastFailed;
    }

    /** The fetch under way or a new one; done already when none is wanted now. */
    private synchronized Future<Void> fetchIfWanted(String kid) {
        if (underWay != null) {
            return underWay;
        }
        Instant now = clock.instant();
        boolean wanted = !keys.kids().contains(kid) || fetchedAt.plus(FRESH).isBefore(now);
        if (!wanted || triedAt.plus(BETWEEN_FETCHES).isAfter(now)) {
            return Future.succeededFuture();
        }
        triedAt = now;
        Future<Void> fetch = fetch().transform(outcome -> {
            store(outcome.succeeded() ? outcome.result() : null);
            return Future.<Void>succeededFuture();
        });
        underWay = fetch.isComplete() ? null : fetch;
        return fetch;
    }

    private synchronized void store(@Nullable Keys fetched) {
        lastFailed = fetched == null;
        underWay = null;
        if (fetched != null) {
            keys = fetched;
            fetchedAt = clock.instant();
        }
    }

    private Future<Keys> fetch() {
        RequestOptions request = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setAbsoluteURI(url)
                .setFollowRedirects(false)
                .setTimeout(TIMEOUT_MS);
        return client.request(request)
                .compose(ready -> ready.send().compose(RemoteKeys::body))
                .map(document -> keys(KeySet.parse(document)))
                .onFailure(cause -> LOG.warn("the keys at {} cannot be fetched: {}", url, cause.getMessage()));
    }

    private static Future<Buffer> body(HttpClientResponse response) {
        if (response.statusCode() != OK) {
            response.exceptionHandler(abandoned -> {}).request().reset();
            return Future.failedFuture("status " + response.statusCode());
        }
        Buffer body = Buffer.buffer();
        response.handler(chunk -> {
            if (body.length() + chunk.length() > MAX_BYTES) {
                response.request().reset();
            } else {
                body.appendBuffer(chunk);
            }
        });
        return response.end().map(ignored -> body).timeout(TIMEOUT_MS, TimeUnit.MILLISECONDS);
    }
}
