package io.parley.server.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.parley.server.auth.Principal;
import io.parley.support.AppError;
import io.parley.support.Config;
import io.parley.support.ConfigLoader;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.parley.support.Metrics;
import io.parley.support.testing.NoLimits;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LimitsTest {
    private static final long SECOND = 1_000_000_000;

    private final Metrics metrics = new Metrics();
    private final UUID acme = Ids.next();
    private final UUID globex = Ids.next();
    private final Principal ada = person(acme);
    private final Principal bob = person(acme);
    private final Principal eve = person(globex);
    private long now = -SECOND;

    @AfterEach
    void close() {
        metrics.close();
    }

    private static Principal person(UUID tenant) {
        return new Principal(tenant, Ids.next(), Instant.MAX);
    }

    private Limits limits(Map<String, Integer> figures) {
        Map<String, String> environment = new HashMap<>();
        figures.forEach((key, value) -> environment.put("PARLEY_LIMITS_" + key.toUpperCase(Locale.ROOT), "" + value));
        return new Limits(ConfigLoader.load(null, environment).limits(), metrics, () -> now);
    }

    private static OwnFigures own(@Nullable Integer messagesPerMinute, @Nullable Integer tenantMessagesPerSecond) {
        return new OwnFigures(messagesPerMinute, null, null, null, null, null, tenantMessagesPerSecond, null);
    }

    private static long wait(Runnable asking) {
        AppError refused = catchThrowableOfType(AppError.class, asking::run);
        if (refused == null) {
            return 0;
        }
        assertThat(refused.code()).isEqualTo(ErrorCode.RATE_LIMITED);
        assertThat(refused.retryAfterMs()).isPositive();
        return refused.retryAfterMs();
    }

    @Test
    void theShippedFiguresAreThoseOfTheSpecification() {
        Figures shipped = limits(Map.of()).of(acme);

        assertThat(shipped.messagesPerMinute()).isEqualTo(60);
        assertThat(shipped.conversationsPerHour()).isEqualTo(5);
        assertThat(shipped.joinsPerHour()).isEqualTo(20);
        assertThat(shipped.requestsPerMinute()).isEqualTo(100);
        Limits limits = limits(Map.of());
        for (int i = 0; i < 100; i++) {
            limits.anonymous("192.0.2.1", "login");
        }
        assertThat(wait(() -> limits.anonymous("192.0.2.1", "login"))).isEqualTo(600);
    }

    @Test
    void serversThatAreMeasuredOrTestedHaveNone() {
        Config.Limits measured =
                ConfigLoader.load(Path.of("loadtest/server.yaml"), Map.of()).limits();

        assertThat(Figures.of(measured)).isEqualTo(new Figures(0, 0, 0, 0, 0, 0, 0, 0));
        assertThat(measured.anonymousRequestsPerMinute()).isZero();
        assertThat(NoLimits.limits().of(acme)).isEqualTo(Figures.of(measured));
        assertThat(NoLimits.keys()).hasSize(9);
    }

    @Test
    void messagesAreCountedForEachPerson() {
        Limits limits = limits(Map.of("messagesPerMinute", 3));
        for (int i = 0; i < 3; i++) {
            limits.message(ada);
        }

        assertThat(wait(() -> limits.message(ada))).isEqualTo(20_000);
        limits.message(bob);
        now += 20 * SECOND;
        limits.message(ada);
        assertThat(wait(() -> limits.message(ada))).isEqualTo(20_000);
        assertThat(metrics.scrape()).contains("parley_limits_refused_total{limit=\"messages\"} 2");
    }

    @Test
    void requestsAreCountedForEachOperationAndCaller() {
        Limits limits = limits(Map.of("requestsPerMinute", 1, "anonymousRequestsPerMinute", 1));
        limits.operation(ada, "getMessage");
        limits.operation(ada, "listMessages");
        limits.operation(bob, "getMessage");
        limits.anonymous("192.0.2.1", "login");
        limits.anonymous("192.0.2.2", "login");
        limits.anonymous("192.0.2.1", "register");
        limits.unauthenticated("192.0.2.1");

        assertThat(wait(() -> limits.operation(ada, "getMessage"))).isEqualTo(60_000);
        assertThat(wait(() -> limits.anonymous("192.0.2.1", "login"))).isEqualTo(60_000);
        assertThat(wait(() -> limits.unauthenticated("192.0.2.1"))).isEqualTo(60_000);
    }

    @Test
    void aTenantThatUsesUpItsBudgetTakesNothingFromOthers() {
        Limits limits = limits(Map.of("tenantMessagesPerSecond", 10, "tenantRequestsPerSecond", 10));
        for (int i = 0; i < 10; i++) {
            Principal anybody = person(acme);
            limits.message(anybody);
            limits.request(anybody);
        }

        assertThat(wait(() -> limits.message(ada))).isEqualTo(100);
        assertThat(wait(() -> limits.request(ada))).isEqualTo(100);
        limits.message(eve);
        limits.request(eve);
        assertThat(metrics.scrape()).contains("limit=\"tenant_messages\"").contains("limit=\"tenant_requests\"");
    }

    @Test
    void whoIsRefusedForHisTenantHasNotUsedUpAnythingHimself() {
        Limits limits = limits(Map.of("messagesPerMinute", 2, "tenantMessagesPerSecond", 1));
        limits.message(bob);
        for (int i = 0; i < 10; i++) {
            assertThat(wait(() -> limits.message(ada))).isEqualTo(1_000);
        }

        now += SECOND;
        limits.message(ada);
        now += SECOND;
        limits.message(ada);
        now += SECOND;
        assertThat(wait(() -> limits.message(ada))).isEqualTo(28_000);
    }

    @Test
    void zeroIsNoLimit() {
        Limits limits = limits(Map.of(
                "messagesPerMinute", 0,
                "requestsPerMinute", 0,
                "anonymousRequestsPerMinute", 0,
                "searchesPerMinute", 0,
                "tenantMessagesPerSecond", 0,
                "tenantRequestsPerSecond", 0));

        assertThatCode(() -> {
                    for (int i = 0; i < 10_000; i++) {
                        limits.message(ada);
                        limits.operation(ada, "getMessage");
                        limits.request(ada);
                        limits.search(ada);
                        limits.anonymous("192.0.2.1", "login");
                    }
                })
                .doesNotThrowAnyException();
        assertThat(limits.callers()).isZero();
    }

    @Test
    void aTenantsOwnFiguresHoldFromThenOn() {
        Limits limits = limits(Map.of("messagesPerMinute", 1));
        limits.message(ada);
        limits.message(eve);

        limits.set(Map.of(acme, own(60, null)));

        assertThat(wait(() -> limits.message(ada))).isEqualTo(1_000);
        assertThat(wait(() -> limits.message(eve))).isEqualTo(60_000);
        assertThat(limits.of(acme).messagesPerMinute()).isEqualTo(60);
        assertThat(limits.of(globex).messagesPerMinute()).isEqualTo(1);

        limits.set(Map.of());
        now += SECOND;
        assertThat(wait(() -> limits.message(ada))).isEqualTo(59_000);
    }

    @Test
    void thoseWhoAreQuietAreForgotten() {
        Limits limits = limits(Map.of());
        for (int i = 0; i < 1_000; i++) {
            Principal somebody = person(acme);
            limits.message(somebody);
            limits.operation(somebody, "getMessage");
            limits.search(somebody);
            limits.anonymous("192.0.2." + i, "login");
        }
        assertThat(limits.callers()).isEqualTo(4_000);

        now += Duration.ofMinutes(2).toNanos();
        for (int i = 0; i < 4; i++) {
            limits.tidy();
        }

        assertThat(limits.callers()).isZero();
    }

    @Test
    void neverAreMoreRememberedThanThereArePlaces() {
        Limits limits = limits(Map.of());
        for (int i = 0; i < 250_000; i++) {
            limits.anonymous("address " + i, "login");
        }

        limits.tidy();
        assertThat(limits.callers()).isLessThanOrEqualTo(100_000);
    }

    @Test
    void whatIsLimitedElsewhereIsCounted() {
        Limits limits = limits(Map.of());

        limits.counted(Limit.JOINS, Future.failedFuture(AppError.rateLimited(5)));
        limits.counted(Limit.JOINS, Future.failedFuture(AppError.notFound()));
        limits.counted(Limit.JOINS, Future.succeededFuture());

        assertThat(metrics.scrape()).contains("parley_limits_refused_total{limit=\"joins\"} 1");
    }

    /** What is left of something, filled up step by step. */
    private static final class Pot {
        private final double most;
        private final double perSecond;
        private double left;

        Pot(double most, double perSecond) {
            this.most = most;
            this.perSecond = perSecond;
            this.left = most;
        }

        void pass(double seconds) {
            left = Math.min(most, left + seconds * perSecond);
        }
    }

    @Test
    void messagesGoThroughAsByANaiveCount() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            int perMinute = 1 + random.nextInt(30);
            int perSecond = 1 + random.nextInt(4);
            Limits limits = limits(Map.of("messagesPerMinute", perMinute, "tenantMessagesPerSecond", perSecond));
            List<Principal> people = Stream.generate(() -> person(random.nextBoolean() ? acme : globex))
                    .limit(6)
                    .toList();
            Map<UUID, Pot> pots = new HashMap<>();
            people.forEach(person -> {
                pots.put(person.user(), new Pot(perMinute, perMinute / 60.0));
                pots.putIfAbsent(person.tenant(), new Pot(perSecond, perSecond));
            });
            for (int step = 0; step < 400; step++) {
                // Not where a millionth decides.
                long pause = 1_000_000L * random.nextInt(300) + 137;
                now += pause;
                pots.values().forEach(pot -> pot.pass(pause / 1e9));
                Principal sender = people.get(random.nextInt(people.size()));
                Pot own = pots.get(sender.user());
                Pot tenants = pots.get(sender.tenant());
                boolean goes = own.left >= 1 - 1e-6 && tenants.left >= 1 - 1e-6;
                if (goes) {
                    own.left--;
                    tenants.left--;
                }

                assertThat(wait(() -> limits.message(sender)) == 0)
                        .as("seed %d, round %d, step %d", seed, round, step)
                        .isEqualTo(goes);
            }
        }
    }
}
