package io.parley.features.accounts.passwords;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Attempts as this node alone has seen them; bounded in number, whatever names are tried. Used from any thread. */
final class LocalAttempts implements Attempts {
    private static final int MAX_COUNTERS = 200_000;

    private final Cache<String, Integer> counts;
    private final long windowMs;

    LocalAttempts(Duration window, Ticker ticker) {
        this.windowMs = window.toMillis();
        this.counts = Caffeine.newBuilder()
                .maximumSize(MAX_COUNTERS)
                .expireAfter(Expiry.<String, Integer>creating((key, count) -> window))
                .ticker(ticker)
                .executor(Runnable::run)
                .build();
    }

    @Override
    public Future<Long> take(Counter account, Counter address) {
        if (!counted(account)) {
            return Future.succeededFuture(remainingMs(account.key()));
        }
        if (!counted(address)) {
            return giveBack(account.key()).map(ignored -> remainingMs(address.key()));
        }
        return Future.succeededFuture(0L);
    }

    private boolean counted(Counter counter) {
        boolean[] counted = new boolean[1];
        counts.asMap().compute(counter.key(), (key, count) -> {
            int before = count == null ? 0 : count;
            counted[0] = before < counter.limit();
            return counted[0] ? before + 1 : before;
        });
        return counted[0];
    }

    private long remainingMs(String key) {
        return counts.policy()
                .expireVariably()
                .map(expiry ->
                        expiry.getExpiresAfter(key, TimeUnit.MILLISECONDS).orElse(0))
                .map(ms -> Math.clamp(ms, 1, windowMs))
                .orElse(windowMs);
    }

    @Override
    public Future<Void> giveBack(String key) {
        counts.asMap().computeIfPresent(key, (same, count) -> Math.max(count - 1, 0));
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> reset(String key) {
        counts.invalidate(key);
        return Future.succeededFuture();
    }
}
