package io.parley.server.http;

import static net.logstash.logback.argument.StructuredArguments.kv;

import io.parley.support.Config;
import io.parley.support.Metrics;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done for every request before any route: an id, the headers that protect browsers, CORS, and at its end
 * the log line and the figures. Neither bodies nor queries nor tokens are logged.
 */
final class RequestGuard implements Handler<RoutingContext> {
    private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("X-Request-Id");
    private static final Pattern GOOD_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final String LOGGER = "parley.http.";

    private final ClientAddress addresses;
    private final Connections connections;
    private final Metrics metrics;
    private final Config.Http config;
    private final SessionUrls session;
    private MultiMap headers;
    private String sessionSource;
    private final Set<String> origins;

    /** @param session what pages served here may open */
    RequestGuard(
            Config.Http config,
            ClientAddress addresses,
            Connections connections,
            Metrics metrics,
            SessionUrls session) {
        this.config = config;
        this.session = session;
        this.addresses = addresses;
        this.connections = connections;
        this.metrics = metrics;
        this.origins = new HashSet<>(config.allowedOrigins());
        this.sessionSource = session.source();
        this.headers = headers(config, sessionSource);
    }

    private static MultiMap headers(Config.Http config, String sessionSource) {
        MultiMap headers = HttpHeaders.headers()
                .add(
                        "Content-Security-Policy",
                        "default-src 'self'; connect-src 'self'" + sessionSource
                                + "; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'"
                                + "; form-action 'self'; frame-ancestors 'none'")
                .add("X-Content-Type-Options", "nosniff")
                .add("X-Frame-Options", "DENY")
                .add("Referrer-Policy", "no-referrer");
        if (config.publicUrl().startsWith("https:")) {
            headers.add("Strict-Transport-Security", "max-age=31536000");
        }
        if (!config.allowedOrigins().isEmpty()) {
            headers.add("Vary", "Origin");
        }
        return headers;
    }

    /** Sessions may be served here later than requests. */
    private MultiMap headers() {
        String source = session.source();
        if (!source.equals(sessionSource)) {
            sessionSource = source;
            headers = headers(config, source);
        }
        return headers;
    }

    @Override
    public void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        RequestFacts facts = new RequestFacts(id(request), addresses.of(request));
        facts.keepIn(context);
        context.response().headers().addAll(headers()).add(REQUEST_ID, facts.id);
        context.addEndHandler(ended -> finished(context, facts));
        if (request.isEnded()) {
            connections.received(request.connection());
        }
        if (allowOrigin(context) && isPreflight(request)) {
            context.response().setStatusCode(204).end();
        } else {
            context.next();
        }
    }

    private String id(HttpServerRequest request) {
        String given = request.getHeader(REQUEST_ID);
        return given != null && GOOD_ID.matcher(given).matches() && addresses.trustsPeerOf(request)
                ? given
                : Long.toHexString(ThreadLocalRandom.current().nextLong());
    }

    /** Exact match only; an origin that is not listed simply gets no permission, and its browser keeps the answer. */
    private boolean allowOrigin(RoutingContext context) {
        String origin = context.request().getHeader(HttpHeaders.ORIGIN);
        if (origin == null || !origins.contains(origin)) {
            return false;
        }
        context.response()
                .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin)
                .putHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, "X-Request-Id, Retry-After");
        if (isPreflight(context.request())) {
            context.response()
                    .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE")
                    .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type")
                    .putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, "600");
        }
        return true;
    }

    private static boolean isPreflight(HttpServerRequest request) {
        return request.method().equals(HttpMethod.OPTIONS)
                && request.headers().contains(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
    }

    private void finished(RoutingContext context, RequestFacts facts) {
        HttpServerRequest request = context.request();
        connections.answered(request.connection(), context.response().bytesWritten());
        long nanos = System.nanoTime() - facts.startedNanos;
        int status = context.response().getStatusCode();
        metrics.request(facts.operation, status, nanos);
        Logger log = LoggerFactory.getLogger(LOGGER + facts.operation);
        if (status >= 500 ? log.isInfoEnabled() : log.isDebugEnabled()) {
            Object[] line = {
                kv("method", request.method().name().toLowerCase(Locale.ROOT)),
                kv("operation", facts.operation),
                kv("status", status),
                kv("ms", TimeUnit.NANOSECONDS.toMillis(nanos)),
                kv("request", facts.id),
                kv("user", facts.user == null ? "-" : facts.user)
            };
            String format = "{} {} {} {} {} {}";
            if (status >= 500) {
                log.info(format, line);
            } else {
                log.debug(format, line);
            }
        }
    }
}
