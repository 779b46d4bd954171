package io.parley.server.http;

import io.vertx.ext.web.RoutingContext;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is known of a request for its log line and its figures. Belongs to the request's event loop. */
final class RequestFacts {
    private static final String KEY = RequestFacts.class.getName();

    /** Quoted in answers and log lines, so that one can be found from the other. */
    final String id;

    /** Of the client, see {@link ClientAddress}. */
    final String address;

    final long startedNanos = System.nanoTime();

    /** operationId of the contract; a fixed word for what is none. */
    String operation = "other";

    @Nullable
    UUID user;

    RequestFacts(String id, String address) {
        this.id = id;
        this.address = address;
    }

    void keepIn(RoutingContext context) {
        context.put(KEY, this);
    }

    static RequestFacts of(RoutingContext context) {
        RequestFacts facts = context.get(KEY);
        return facts == null ? new RequestFacts("unknown", "unknown") : facts;
    }
}
