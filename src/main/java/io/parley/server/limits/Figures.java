package io.parley.server.limits;

import io.parley.support.Config;

/** How much a tenant and its people may do; 0 is no limit. Meanings and units are those of the configuration. */
public record Figures(
        int messagesPerMinute,
        int conversationsPerHour,
        int joinsPerHour,
        int requestsPerMinute,
        int searchesPerMinute,
        int pollsPerMinute,
        int tenantMessagesPerSecond,
        int tenantRequestsPerSecond) {
    public static Figures of(Config.Limits config) {
        return new Figures(
                config.messagesPerMinute(),
                config.conversationsPerHour(),
                config.joinsPerHour(),
                config.requestsPerMinute(),
                config.searchesPerMinute(),
                config.pollsPerMinute(),
                config.tenantMessagesPerSecond(),
                config.tenantRequestsPerSecond());
    }
}
