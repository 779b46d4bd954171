package io.parley.server.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.parley.support.TokenBucket;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * A bucket for each of many callers. Those that have been quiet are forgotten: by then their buckets are full. When there
 * are more callers than places, the cache keeps those that come most often.
 */
final class Buckets<K> {
    /** Longer than any of these buckets takes to fill up. */
    private static final Duration QUIET = Duration.ofMinutes(2);

    private final Cache<K, TokenBucket> buckets;
    private final Function<K, TokenBucket> full;

    Buckets(long most, LongSupplier nanos) {
        this.buckets = Caffeine.newBuilder()
                .maximumSize(most)
                .expireAfterAccess(QUIET)
                .ticker(nanos::getAsLong)
                .executor(Runnable::run)
                .build();
        this.full = unknown -> new TokenBucket(nanos.getAsLong());
    }

    TokenBucket of(K caller) {
        return buckets.get(caller, full);
    }

    /** Forgets those who are quiet, as many at once as is quickly done. */
    void tidy() {
        buckets.cleanUp();
    }

    /** Of how many callers something is remembered. */
    long size() {
        return buckets.estimatedSize();
    }
}
