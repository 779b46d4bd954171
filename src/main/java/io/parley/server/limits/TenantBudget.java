package io.parley.server.limits;

import io.parley.support.TokenBucket;
import io.parley.support.TokenBucket.Rate;
import org.jspecify.annotations.Nullable;

/** What a tenant has left on this node, and how much it and its people may do. */
final class TenantBudget {
    final TokenBucket messages;
    final TokenBucket requests;
    private volatile Rates rates;

    TenantBudget(Figures figures, long nowNanos) {
        this.messages = new TokenBucket(nowNanos);
        this.requests = new TokenBucket(nowNanos);
        this.rates = Rates.of(figures);
    }

    /** The figures, ready to be counted with; null is no limit. */
    record Rates(
            Figures figures,
            @Nullable Rate messages,
            @Nullable Rate requests,
            @Nullable Rate searches,
            @Nullable Rate polls,
            @Nullable Rate tenantMessages,
            @Nullable Rate tenantRequests) {
        static Rates of(Figures figures) {
            return new Rates(
                    figures,
                    perMinute(figures.messagesPerMinute()),
                    perMinute(figures.requestsPerMinute()),
                    perMinute(figures.searchesPerMinute()),
                    perMinute(figures.pollsPerMinute()),
                    perSecond(figures.tenantMessagesPerSecond()),
                    perSecond(figures.tenantRequestsPerSecond()));
        }
    }

    static @Nullable Rate perMinute(int count) {
        return count == 0 ? null : Rate.perMinute(count);
    }

    private static @Nullable Rate perSecond(int count) {
        return count == 0 ? null : Rate.perSecond(count);
    }

    Rates rates() {
        return rates;
    }

    void change(Figures figures) {
        if (!figures.equals(rates.figures())) {
            rates = Rates.of(figures);
        }
    }
}
