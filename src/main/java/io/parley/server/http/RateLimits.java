package io.parley.server.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.parley.support.AppError;
import io.parley.support.Config;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * How many requests an address without a token and a person with one may make on this node. Bounded in memory: when
 * there are more callers than places, those that have been quiet longest are forgotten. Safe on any thread.
 */
final class RateLimits {
    private static final long CALLERS = 100_000;

    private final int anonymousPerMinute;
    private final int perMinute;
    private final Cache<Object, Bucket> buckets = Caffeine.newBuilder()
            .maximumSize(CALLERS)
            .expireAfterAccess(Duration.ofMinutes(2))
            .executor(Runnable::run)
            .build();

    RateLimits(Config.Http config) {
        this.anonymousPerMinute = config.anonymousRequestsPerMinute();
        this.perMinute = config.requestsPerMinute();
    }

    /** @throws AppError {@code rate_limited} */
    void anonymous(String address) {
        take(address, anonymousPerMinute);
    }

    /** @throws AppError {@code rate_limited} */
    void person(UUID user) {
        take(user, perMinute);
    }

    private void take(Object caller, int perMinute) {
        if (perMinute == 0) {
            return;
        }
        Bucket bucket = buckets.get(
                caller,
                unknown -> Bucket.builder()
                        .addLimit(limit -> limit.capacity(perMinute).refillGreedy(perMinute, Duration.ofMinutes(1)))
                        .build());
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
        if (!probe.isConsumed()) {
            throw AppError.rateLimited(1 + TimeUnit.NANOSECONDS.toMillis(probe.getNanosToWaitForRefill()));
        }
    }
}
