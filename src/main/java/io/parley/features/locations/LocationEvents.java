package io.parley.features.locations;

import io.parley.features.locations.LocationActions.Live;
import io.parley.support.Json;
import io.vertx.core.buffer.Buffer;
import java.util.UUID;

/** The event of a place that is passed on only; one that is stored is a {@code message.updated}. */
public final class LocationEvents {
    public static final String MOVED = "location.moved";

    private LocationEvents() {}

    private record Moved(String type, UUID conversation, UUID message, long number, Live live) {}

    /** @param number of the message */
    static Buffer moved(UUID conversation, UUID message, long number, Live live) {
        return Json.encode(new Moved(MOVED, conversation, message, number, live));
    }
}
