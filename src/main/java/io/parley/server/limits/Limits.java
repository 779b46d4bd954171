package io.parley.server.limits;

import io.parley.bus.Bus;
import io.parley.bus.Nothing;
import io.parley.server.auth.Principal;
import io.parley.support.AppError;
import io.parley.support.Config;
import io.parley.support.ErrorCode;
import io.parley.support.Metrics;
import io.parley.support.TokenBucket;
import io.parley.support.TokenBucket.Rate;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What people and tenants may still ask of this node. Asked on all event loops: a question is a look into a map or two and
 * a few additions, without locks, and for a message without allocation. Bounded in memory: callers that are quiet are
 * forgotten, and of tenants there are few.
 */
public final class Limits {
    private static final Logger LOG = LoggerFactory.getLogger(Limits.class);

    /** How long a node goes by old figures of a tenant, but for the time of the question. */
    static final long LOOK_MS = 2_000;

    private static final long CALLERS = 100_000;

    /** All that is refused for want of a valid token counts as one operation. */
    private static final String UNAUTHENTICATED = "unauthenticated";

    private static final String POLL = "poll";

    private final Figures configured;
    private final @Nullable Rate anonymous;
    private final Metrics metrics;
    private final LongSupplier nanos;
    private final Buckets<UUID> senders;
    private final Buckets<UUID> searchers;
    private final Buckets<Asking> callers;
    private final ConcurrentMap<UUID, TenantBudget> tenants = new ConcurrentHashMap<>();
    private final Function<UUID, TenantBudget> newTenant;
    private volatile Map<UUID, OwnFigures> own = Map.of();
    private volatile long timer;
    private boolean known = true;

    public Limits(Config.Limits config, Metrics metrics) {
        this(config, metrics, System::nanoTime);
    }

    Limits(Config.Limits config, Metrics metrics, LongSupplier nanos) {
        this.configured = Figures.of(config);
        this.anonymous = TenantBudget.perMinute(config.anonymousRequestsPerMinute());
        this.metrics = metrics;
        this.nanos = nanos;
        this.senders = new Buckets<>(CALLERS, nanos);
        this.searchers = new Buckets<>(CALLERS, nanos);
        this.callers = new Buckets<>(CALLERS, nanos);
        this.newTenant = id -> new TenantBudget(of(id), nanos.getAsLong());
    }

    /** @param caller a person's id or a network address */
    private record Asking(String operation, Object caller) {}

    /**
     * A person sends a message, now or later.
     *
     * @throws AppError {@code rate_limited}
     */
    public void message(Principal sender) {
        TenantBudget tenant = tenant(sender);
        TenantBudget.Rates rates = tenant.rates();
        take(Limit.MESSAGES, senders, sender.user(), rates.messages());
        long wait = wait(tenant.messages, rates.tenantMessages());
        if (wait > 0) {
            if (rates.messages() != null) {
                senders.of(sender.user()).giveBack(rates.messages(), 1);
            }
            throw refusal(Limit.TENANT_MESSAGES, wait);
        }
    }

    /**
     * A person asks for an operation.
     *
     * @throws AppError {@code rate_limited}
     */
    public void operation(Principal caller, String operation) {
        Rate rate = tenant(caller).rates().requests();
        if (rate != null) {
            take(Limit.REQUESTS, callers, new Asking(operation, caller.user()), rate);
        }
    }

    /**
     * Something is asked of this node by one of a tenant's people, whatever it is.
     *
     * @throws AppError {@code rate_limited}
     */
    public void request(Principal caller) {
        TenantBudget tenant = tenant(caller);
        long wait = wait(tenant.requests, tenant.rates().tenantRequests());
        if (wait > 0) {
            throw refusal(Limit.TENANT_REQUESTS, wait);
        }
    }

    /**
     * Somebody who need not say who he is asks for an operation.
     *
     * @throws AppError {@code rate_limited}
     */
    public void anonymous(String address, String operation) {
        if (anonymous != null) {
            take(Limit.ANONYMOUS_REQUESTS, callers, new Asking(operation, address), anonymous);
        }
    }

    /**
     * Somebody has shown no valid token where one is needed.
     *
     * @throws AppError {@code rate_limited}
     */
    public void unauthenticated(String address) {
        anonymous(address, UNAUTHENTICATED);
    }

    /**
     * A person searches.
     *
     * @throws AppError {@code rate_limited}
     */
    public void search(Principal caller) {
        take(Limit.SEARCHES, searchers, caller.user(), tenant(caller).rates().searches());
    }

    /**
     * A person asks for the next events. Whoever is told of them so gets them one by one when little happens at a time, and
     * needs more requests than anybody else.
     *
     * @throws AppError {@code rate_limited}
     */
    public void poll(Principal caller) {
        Rate rate = tenant(caller).rates().polls();
        if (rate != null) {
            take(Limit.POLLS, callers, new Asking(POLL, caller.user()), rate);
        }
    }

    /** How many conversations a person of the tenant may make in an hour; 0: any number. */
    public int conversationsPerHour(UUID tenant) {
        return of(tenant).conversationsPerHour();
    }

    /** How many conversations a person of the tenant may join in an hour; 0: any number. */
    public int joinsPerHour(UUID tenant) {
        return of(tenant).joinsPerHour();
    }

    /** Counts it when what is limited elsewhere was refused. */
    public <T> Future<T> counted(Limit limit, Future<T> outcome) {
        return outcome.onFailure(cause -> {
            if (cause instanceof AppError refused && refused.code() == ErrorCode.RATE_LIMITED) {
                metrics.limited(limit);
            }
        });
    }

    private <K> void take(Limit limit, Buckets<K> buckets, K caller, @Nullable Rate rate) {
        if (rate != null) {
            long wait = buckets.of(caller).take(rate, 1, nanos.getAsLong());
            if (wait > 0) {
                throw refusal(limit, wait);
            }
        }
    }

    private long wait(TokenBucket bucket, @Nullable Rate rate) {
        return rate == null ? 0 : bucket.take(rate, 1, nanos.getAsLong());
    }

    private AppError refusal(Limit limit, long waitMs) {
        metrics.limited(limit);
        return AppError.rateLimited(waitMs);
    }

    private TenantBudget tenant(Principal person) {
        TenantBudget tenant = tenants.get(person.tenant());
        return tenant == null ? tenants.computeIfAbsent(person.tenant(), newTenant) : tenant;
    }

    /** What holds for a tenant. */
    public Figures of(UUID tenant) {
        OwnFigures figures = own.get(tenant);
        return figures == null ? configured : figures.over(configured);
    }

    /** Reads the figures of tenants, and from then on again and again. Fails never: without an answer the old ones hold. */
    public Future<Void> follow(Vertx vertx, Bus bus) {
        timer = vertx.setPeriodic(LOOK_MS, due -> {
            tidy();
            look(bus);
        });
        return look(bus);
    }

    /** The node is going, and nobody may be there any more who answers. */
    public void unfollow(Vertx vertx) {
        vertx.cancelTimer(timer);
    }

    private Future<Void> look(Bus bus) {
        return bus.ask(LimitActions.TENANTS, Nothing.NOTHING)
                .onSuccess(tenants -> set(tenants.own()))
                .<Void>mapEmpty()
                .onComplete(outcome -> tell(outcome.succeeded()))
                .otherwiseEmpty();
    }

    /** Logs once each way. */
    private synchronized void tell(boolean answered) {
        if (answered != known) {
            known = answered;
            LOG.warn("limits of tenants are {}", answered ? "known again" : "not known; the old ones hold");
        }
    }

    void set(Map<UUID, OwnFigures> figures) {
        own = Map.copyOf(figures);
        tenants.forEach((id, tenant) -> tenant.change(of(id)));
    }

    void tidy() {
        senders.tidy();
        searchers.tidy();
        callers.tidy();
    }

    /** Of how many callers something is remembered. */
    long callers() {
        return senders.size() + searchers.size() + callers.size();
    }
}
