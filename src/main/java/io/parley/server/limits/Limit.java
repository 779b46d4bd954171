package io.parley.server.limits;

/** Which limit it was that refused something, for metrics. */
public enum Limit {
    MESSAGES,
    CONVERSATIONS,
    JOINS,
    REQUESTS,
    ANONYMOUS_REQUESTS,
    SEARCHES,
    POLLS,
    TENANT_MESSAGES,
    TENANT_REQUESTS
}
