package io.parley.features.pins;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.bus.Action;
import io.parley.bus.Nothing;
import io.parley.features.messages.MessageActions;
import io.parley.features.messages.MessageView;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be asked about pinned messages. Those that write are asked with the conversation as key. */
public final class PinActions {
    public static final Action<MessageActions.Change, Nothing> PIN =
            Action.of("pins.pin", MessageActions.Change.class, Nothing.class);
    public static final Action<MessageActions.Change, Nothing> UNPIN =
            Action.of("pins.unpin", MessageActions.Change.class, Nothing.class);
    public static final Action<ListPins, Pins> LIST = Action.of("pins.list", ListPins.class, Pins.class);

    private PinActions() {}

    /** @param cursor the {@code next} of the page before */
    public record ListPins(
            UUID tenant,
            UUID user,
            UUID conversation,
            int limit,
            @Nullable String cursor) {}

    /** The message that was pinned last comes first. */
    public record Pins(
            List<MessageView> items,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String next) {}
}
