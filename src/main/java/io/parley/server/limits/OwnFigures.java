package io.parley.server.limits;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import org.jspecify.annotations.Nullable;

/**
 * Figures that hold for one tenant in place of those of the configuration; null: those of the configuration hold. A node of
 * a version that knows more of them may have written what this one does not know.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record OwnFigures(
        @Nullable Integer messagesPerMinute,
        @Nullable Integer conversationsPerHour,
        @Nullable Integer joinsPerHour,
        @Nullable Integer requestsPerMinute,
        @Nullable Integer searchesPerMinute,
        @Nullable Integer pollsPerMinute,
        @Nullable Integer tenantMessagesPerSecond,
        @Nullable Integer tenantRequestsPerSecond) {
    public static final OwnFigures NONE = new OwnFigures(null, null, null, null, null, null, null, null);

    /** What holds, where these have the say. */
    public Figures over(Figures others) {
        return new Figures(
                either(messagesPerMinute, others.messagesPerMinute()),
                either(conversationsPerHour, others.conversationsPerHour()),
                either(joinsPerHour, others.joinsPerHour()),
                either(requestsPerMinute, others.requestsPerMinute()),
                either(searchesPerMinute, others.searchesPerMinute()),
                either(pollsPerMinute, others.pollsPerMinute()),
                either(tenantMessagesPerSecond, others.tenantMessagesPerSecond()),
                either(tenantRequestsPerSecond, others.tenantRequestsPerSecond()));
    }

    private static int either(@Nullable Integer own, int other) {
        return own == null ? other : Math.max(0, own);
    }
}
