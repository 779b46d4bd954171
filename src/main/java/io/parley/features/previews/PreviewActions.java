package io.parley.features.previews;

import io.parley.bus.Action;
import io.parley.bus.Nothing;
import io.parley.features.messages.MessageActions;
import io.parley.features.messages.MessageChange;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be asked about link previews; both with the conversation as key. */
public final class PreviewActions {
    /** Makes what is known of a message's links part of it; harmless when there is nothing to do. */
    static final Action<Attach, Nothing> ATTACH = Action.of("previews.attach", Attach.class, Nothing.class);

    /** Takes the previews off one's own message for good. */
    public static final Action<MessageActions.Change, Nothing> REMOVE =
            Action.of("previews.remove", MessageActions.Change.class, Nothing.class);

    private PreviewActions() {}

    /** The server's own doing. */
    record Attach(UUID tenant, UUID conversation, UUID message) implements MessageChange.Asked {
        @Override
        public @Nullable UUID actor() {
            return null;
        }
    }
}
