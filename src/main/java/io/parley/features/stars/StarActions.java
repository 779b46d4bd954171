package io.parley.features.stars;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.bus.Action;
import io.parley.bus.Nothing;
import io.parley.features.messages.MessageView;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be asked about stars. */
public final class StarActions {
    public static final Action<Change, Nothing> CHANGE = Action.of("stars.change", Change.class, Nothing.class);
    public static final Action<ListOwn, Stars> LIST = Action.of("stars.list", ListOwn.class, Stars.class);

    private StarActions() {}

    /** @param given false: it is taken away */
    public record Change(UUID tenant, UUID user, UUID conversation, UUID message, boolean given) {}

    /** @param cursor the {@code next} of the page before */
    public record ListOwn(
            UUID tenant, UUID user, int limit, @Nullable String cursor) {}

    public record Star(MessageView message, Instant starredAt) {}

    public record Stars(
            List<Star> items,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String next) {}
}
