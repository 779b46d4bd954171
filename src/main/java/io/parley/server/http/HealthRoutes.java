package io.parley.server.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.healthchecks.CheckResult;
import io.vertx.ext.healthchecks.HealthChecks;
import io.vertx.ext.healthchecks.Status;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /health/live} and {@code /health/ready}: 200 or 503, with each check's outcome. Why a check fails is logged
 * when it begins to fail, not answered. Outcomes are kept for a second, so that nobody can work the database hard by
 * asking. One event loop.
 */
final class HealthRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(HealthRoutes.class);
    private static final long TIMEOUT_MS = 1_000;
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Vertx vertx;
    private final Set<String> failing = new HashSet<>();

    HealthRoutes(Vertx vertx) {
        this.vertx = vertx;
    }

    void mount(Router router, Health health) {
        mount(router, "/health/live", health.live());
        mount(router, "/health/ready", health.ready());
    }

    private void mount(Router router, String path, List<Health.Check> list) {
        HealthChecks checks = HealthChecks.create(vertx);
        list.forEach(check -> checks.register(
                check.name(), 2 * TIMEOUT_MS, promise -> status(check).onComplete(promise)));
        Recent recent = new Recent(checks);
        router.get(path).handler(context -> recent.result().onSuccess(result -> answer(context, result)));
    }

    private Future<Status> status(Health.Check check) {
        Future<Void> outcome;
        try {
            outcome = check.test().get().timeout(TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (RuntimeException broken) {
            outcome = Future.failedFuture(broken);
        }
        return outcome.map(well -> {
                    if (failing.remove(check.name())) {
                        LOG.info("health check {} is well again", check.name());
                    }
                    return Status.OK();
                })
                .otherwise(cause -> {
                    if (failing.add(check.name())) {
                        LOG.warn("health check {} fails: {}", check.name(), String.valueOf(cause));
                    }
                    return check.severity() == Health.Severity.FATAL
                            ? Status.KO()
                            : Status.OK(new JsonObject().put("degraded", true));
                });
    }

    private static void answer(RoutingContext context, CheckResult result) {
        context.response()
                .setStatusCode(result.getUp() ? 200 : 503)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(result.toJson().toBuffer());
    }

    /** Runs the checks at most once a second and once at a time. */
    private static final class Recent {
        private final HealthChecks checks;
        private @Nullable Future<CheckResult> last;
        private long startedNanos;

        Recent(HealthChecks checks) {
            this.checks = checks;
        }

        Future<CheckResult> result() {
            Future<CheckResult> kept = last;
            long now = System.nanoTime();
            if (kept == null || (kept.isComplete() && now - startedNanos > KEPT_NANOS)) {
                startedNanos = now;
                kept = checks.checkStatus();
                last = kept;
            }
            return kept;
        }
    }
}
