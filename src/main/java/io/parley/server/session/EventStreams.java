package io.parley.server.session;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.channel.Channel;
import io.parley.support.AppError;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Makes event streams of requests for them. */
final class EventStreams {
    /** Browsers say so where they were when a stream of theirs has ended. */
    private static final String LAST_EVENT = "Last-Event-ID";

    private final SessionServices services;
    private final SessionConnections connections;

    EventStreams(SessionServices services, SessionConnections connections) {
        this.services = services;
        this.connections = connections;
    }

    Future<Void> begin(EventRequest request) {
        String cursor = cursor(request);
        HubActions.Position since = cursor == null ? null : Cursor.decode(cursor);
        return Place.take(services, request.address(), Place.Kind.STREAM).map(place -> begin(request, place, since));
    }

    private static @Nullable String cursor(EventRequest request) {
        String last = request.http().getHeader(LAST_EVENT);
        return last == null || last.isEmpty()
                ? request.parameter("cursor").map(JsonNode::asText).orElse(null)
                : last;
    }

    private @Nullable Void begin(EventRequest request, Place place, HubActions.@Nullable Position since) {
        Channel channel = WebSocketPipeline.channel(request.http().connection());
        if (!channel.isActive()) {
            place.leave();
            throw AppError.unavailable("The connection has ended");
        }
        StreamConnection connection = new StreamConnection(services, channel, place, connections::remove);
        connections.add(connection);
        connection.begin(request.http().response().headers(), request.principal(), since);
        return null;
    }
}
