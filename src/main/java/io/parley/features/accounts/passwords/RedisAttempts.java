package io.parley.features.accounts.passwords;

import io.vertx.core.Future;
import io.vertx.redis.client.RedisAPI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Attempts as all nodes have seen them.
 *
 * <p>Keys: {@code parley:login:<hash>} → count, expiring with the window.
 */
final class RedisAttempts implements Attempts {
    /** KEYS: counters; ARGV: limit of each, then the window in ms. Answers the ms to wait, 0 when all were counted. */
    private static final String TAKE = """
            local wait = 0
            for i, key in ipairs(KEYS) do
              if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[i]) then
                wait = math.max(wait, redis.call('PTTL', key), 1)
              end
            end
            if wait == 0 then
              for _, key in ipairs(KEYS) do
                if redis.call('INCR', key) == 1 then redis.call('PEXPIRE', key, ARGV[#ARGV]) end
              end
            end
            return wait
            """;

    /** KEYS: one counter. */
    private static final String GIVE_BACK = """
            if tonumber(redis.call('GET', KEYS[1]) or '0') > 0 then redis.call('DECR', KEYS[1]) end
            return 0
            """;

    private final RedisAPI redis;
    private final String windowMs;

    RedisAttempts(RedisAPI redis, Duration window) {
        this.redis = redis;
        this.windowMs = Long.toString(window.toMillis());
    }

    @Override
    public Future<Long> take(Counter account, Counter address) {
        return redis.eval(List.of(
                        TAKE,
                        "2",
                        key(account.key()),
                        key(address.key()),
                        Integer.toString(account.limit()),
                        Integer.toString(address.limit()),
                        windowMs))
                .map(wait -> Objects.requireNonNull(Objects.requireNonNull(wait).toLong()));
    }

    @Override
    public Future<Void> giveBack(String key) {
        return redis.eval(List.of(GIVE_BACK, "1", key(key))).mapEmpty();
    }

    @Override
    public Future<Void> reset(String key) {
        return redis.del(List.of(key(key))).mapEmpty();
    }

    private static String key(String key) {
        return "parley:login:" + key;
    }
}
