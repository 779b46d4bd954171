package io.parley.features.accounts.passwords;

import com.github.benmanes.caffeine.cache.Ticker;
import io.netty.util.NetUtil;
import io.parley.support.AppError;
import io.vertx.core.Future;
import io.vertx.redis.client.RedisAPI;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits wrong passwords per account and per network address. Counted in Redis, for all nodes together; while Redis
 * does not answer, each node counts for itself: the limit gets wider by the number of nodes, but is never open.
 *
 * <p>Names and addresses are kept as hashes only, because people type passwords into the wrong field. An IPv6 address
 * counts as its /64, of which one person has billions.
 */
public final class LoginLimiter {
    private static final Logger LOG = LoggerFactory.getLogger(LoginLimiter.class);
    private static final Duration WINDOW = Duration.ofMinutes(15);
    private static final long REDIS_TIMEOUT_MS = 500;
    private static final int NETWORK_BYTES = 8;

    private final int perAccount;
    private final int perAddress;
    private final @Nullable Attempts shared;
    private final Attempts local;
    private final AtomicBoolean alone = new AtomicBoolean();

    /**
     * @param redis null when there is none: this node counts for itself. What its pool cannot take at once counts as
     *     not answered, so let as many wait for a connection as for the hashing of passwords
     */
    public LoginLimiter(@Nullable RedisAPI redis, int perAccount, int perAddress) {
        this(redis == null ? null : new RedisAttempts(redis, WINDOW), perAccount, perAddress, Ticker.systemTicker());
    }

    LoginLimiter(@Nullable Attempts shared, int perAccount, int perAddress, Ticker ticker) {
        this.shared = shared;
        this.perAccount = perAccount;
        this.perAddress = perAddress;
        this.local = new LocalAttempts(WINDOW, ticker);
    }

    /** One attempt to log in, counted as wrong until it is known better. */
    public static final class Attempt {
        private final Attempts counted;
        private final String account;
        private final String address;

        private Attempt(Attempts counted, String account, String address) {
            this.counted = counted;
            this.account = account;
            this.address = address;
        }

        /** The password was right: the account begins anew; the address is only given back this one attempt. */
        public void succeeded() {
            settle(counted.reset(account), counted.giveBack(address));
        }

        /** No password was checked. */
        public void notMade() {
            settle(counted.giveBack(account), counted.giveBack(address));
        }

        private static void settle(Future<Void> account, Future<Void> address) {
            Future.all(account, address).onFailure(down -> LOG.debug("an attempt stays counted: {}", down.toString()));
        }
    }

    /**
     * Counts an attempt before it is made.
     *
     * @param account whose password is tried: the person's id, or the name given when there is nobody of that name
     * @return fails with {@code rate_limited} and the time to wait
     */
    public Future<Attempt> begin(String account, String address) {
        String accountKey = "account:" + hash(account);
        String addressKey = "address:" + hash(network(address));
        if (shared == null) {
            return begin(local, accountKey, addressKey);
        }
        return begin(shared, accountKey, addressKey)
                .timeout(REDIS_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .onSuccess(attempt -> alone(false, "Redis answers again"))
                .recover(failure -> failure instanceof AppError limited
                        ? Future.failedFuture(limited)
                        : beginAlone(failure, accountKey, addressKey));
    }

    private Future<Attempt> beginAlone(Throwable down, String account, String address) {
        alone(true, down.toString());
        return begin(local, account, address);
    }

    /** Logs once each way. */
    private void alone(boolean now, String why) {
        if (alone.getAndSet(now) != now) {
            LOG.warn("log-in attempts are counted {}: {}", now ? "on this node alone" : "together", why);
        }
    }

    private Future<Attempt> begin(Attempts attempts, String account, String address) {
        return attempts.take(new Attempts.Counter(account, perAccount), new Attempts.Counter(address, perAddress))
                .compose(wait -> wait == 0
                        ? Future.succeededFuture(new Attempt(attempts, account, address))
                        : Future.failedFuture(AppError.rateLimited(wait)));
    }

    private static String network(String address) {
        InetAddress parsed = NetUtil.createInetAddressFromIpAddressString(address);
        return parsed instanceof Inet6Address
                ? Arrays.toString(Arrays.copyOf(parsed.getAddress(), NETWORK_BYTES))
                : address;
    }

    private static String hash(String name) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException defect) {
            throw new IllegalStateException("every Java knows SHA-256", defect);
        }
    }
}
