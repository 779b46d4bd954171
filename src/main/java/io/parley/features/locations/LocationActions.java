package io.parley.features.locations;

import io.parley.bus.Action;
import io.parley.bus.Nothing;
import io.parley.features.messages.MessageActions;
import io.parley.features.messages.MessageChange;
import java.time.Instant;
import java.util.UUID;

/** What may be asked about live locations; with the conversation as key. */
public final class LocationActions {
    /** Answered when it is passed on, or, from time to time, stored. */
    public static final Action<Move, Live> MOVE = Action.of("locations.move", Move.class, Live.class);

    public static final Action<MessageActions.Change, Nothing> STOP =
            Action.of("locations.stop", MessageActions.Change.class, Nothing.class);

    private LocationActions() {}

    /** Where the sender of a message is now, in degrees. */
    public record Move(UUID tenant, UUID actor, UUID conversation, UUID message, double latitude, double longitude)
            implements MessageChange.Asked {}

    /** Where he was at a time. */
    public record Live(double latitude, double longitude, Instant at) {}
}
