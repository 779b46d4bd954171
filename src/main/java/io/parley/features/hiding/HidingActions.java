package io.parley.features.hiding;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.bus.Action;
import io.parley.bus.Nothing;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be asked about what people have hidden from themselves. */
public final class HidingActions {
    public static final Action<Hide, Nothing> HIDE = Action.of("hiding.hide", Hide.class, Nothing.class);
    public static final Action<Clear, Nothing> CLEAR = Action.of("hiding.clear", Clear.class, Nothing.class);
    public static final Action<ListHidden, HiddenList> LIST =
            Action.of("hiding.list", ListHidden.class, HiddenList.class);

    private HidingActions() {}

    public record Hide(UUID tenant, UUID user, UUID conversation, List<UUID> messages) {}

    /** @param number everything up to it */
    public record Clear(UUID tenant, UUID user, UUID conversation, long number) {}

    /** @param after the person's version; only what was hidden with a greater one */
    public record ListHidden(UUID tenant, UUID user, long after, int limit) {}

    /** What one call has hidden in a conversation: either these messages, or all up to one. */
    public record Hidden(
            UUID conversation,
            long userVersion,
            @Nullable List<Long> numbers,
            @Nullable Long upTo) {}

    /** @param next for {@code after} */
    public record HiddenList(
            List<Hidden> items,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String next) {}
}
