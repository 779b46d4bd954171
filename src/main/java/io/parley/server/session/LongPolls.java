package io.parley.server.session;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.AppError;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Answers polls: from the session that the cursor names, on whichever loop of this node it is, or from a new one that
 * resumes where the cursor says.
 */
final class LongPolls {
    private static final long TIMEOUT_SECONDS = 30;

    /** A loop that is gone answers nothing. */
    private static final long GRACE_MS = 5_000;

    private final SessionServices services;
    private final SessionConnections connections;

    LongPolls(SessionServices services, SessionConnections connections) {
        this.services = services;
        this.connections = connections;
    }

    /** One request and what becomes of its answer. */
    private static final class Exchange {
        private final EventRequest request;
        private final long timeoutMs;
        private final Underway underway;

        Exchange(EventRequest request) {
            this.request = request;
            this.underway = new Underway(request.http().connection());
            this.timeoutMs = TimeUnit.SECONDS.toMillis(
                    request.parameter("timeoutSeconds").map(JsonNode::longValue).orElse(TIMEOUT_SECONDS));
        }

        Future<Void> answer(Buffer document) {
            return request.answer(200, document).onComplete(done -> underway.written());
        }
    }

    /** An answer on its way. The session keeps this until its client comes again, when nothing else of the request is left. */
    private static final class Underway {
        private @Nullable HttpConnection connection;

        Underway(HttpConnection connection) {
            this.connection = connection;
        }

        void written() {
            connection = null;
        }

        /** Of one client one answer at a time is on its way, however slowly he takes it. */
        void overtaken() {
            if (connection != null) {
                connection.close();
            }
        }
    }

    Future<Void> poll(EventRequest request) {
        Exchange exchange = new Exchange(request);
        String cursor = request.parameter("cursor").map(JsonNode::asText).orElse(null);
        HubActions.Position since = cursor == null ? null : Cursor.decode(cursor);
        Cursor.Kept kept = cursor == null ? null : Cursor.kept(cursor);
        return (kept == null ? nothing() : fetch(exchange, kept))
                .compose(found -> found.isPresent() ? Future.succeededFuture(found) : begin(exchange, since))
                .map(found -> found.orElseThrow(() -> AppError.unavailable("More has come at once than is kept")))
                .compose(exchange::answer);
    }

    private static Future<Optional<Buffer>> nothing() {
        return Future.succeededFuture(Optional.empty());
    }

    private Future<Optional<Buffer>> fetch(Exchange exchange, Cursor.Kept kept) {
        Poll poll = made(exchange, kept.event());
        services.hub().tell(parts -> parts.people().take(poll.principal().user(), kept.session(), poll));
        return outcome(exchange, poll);
    }

    private Poll made(Exchange exchange, long after) {
        return new Poll(
                services.context(),
                exchange.request.principal(),
                after,
                exchange.timeoutMs,
                exchange.underway::overtaken);
    }

    private static Future<Optional<Buffer>> outcome(Exchange exchange, Poll poll) {
        return poll.outcome().timeout(exchange.timeoutMs + GRACE_MS, TimeUnit.MILLISECONDS);
    }

    private Future<Optional<Buffer>> begin(Exchange exchange, HubActions.@Nullable Position since) {
        return Place.take(services, exchange.request.address(), Place.Kind.POLL)
                .compose(place -> begin(exchange, place, since));
    }

    private Future<Optional<Buffer>> begin(Exchange exchange, Place place, HubActions.@Nullable Position since) {
        PollConnection connection = new PollConnection(services, place, connections::remove);
        connections.add(connection);
        return connection.begin(exchange.request.principal(), since).compose(begun -> {
            Poll poll = made(exchange, 0);
            connection.take(poll);
            return outcome(exchange, poll);
        });
    }
}
