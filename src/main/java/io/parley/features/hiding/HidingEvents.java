package io.parley.features.hiding;

import io.parley.features.hiding.HidingActions.Hidden;
import io.parley.support.Json;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The event of what a person has hidden from himself, as a finished frame. */
public final class HidingEvents {
    public static final String HIDDEN = "message.hidden";

    private HidingEvents() {}

    private record Event(
            String type,
            UUID conversation,
            long userVersion,
            @Nullable List<Long> numbers,
            @Nullable Long upTo) {}

    static Buffer hidden(Hidden hidden) {
        return Json.encode(
                new Event(HIDDEN, hidden.conversation(), hidden.userVersion(), hidden.numbers(), hidden.upTo()));
    }
}
