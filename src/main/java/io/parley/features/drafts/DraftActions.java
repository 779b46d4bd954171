package io.parley.features.drafts;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.bus.Action;
import io.parley.bus.Nothing;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be asked about drafts. */
public final class DraftActions {
    /** Asked with the conversation as key, so that what one person types meets and merges. */
    public static final Action<Save, Nothing> SAVE = Action.of("drafts.save", Save.class, Nothing.class);

    public static final Action<ListOwn, Drafts> LIST = Action.of("drafts.list", ListOwn.class, Drafts.class);

    private DraftActions() {}

    /** @param draft null: there is none any more */
    public record Save(
            UUID tenant,
            UUID user,
            UUID conversation,
            @Nullable Begun draft) {}

    /** @param text may be empty when there is a message to be answered */
    public record Begun(String text, @Nullable UUID replyTo) {}

    /** @param cursor the {@code next} of the page before */
    public record ListOwn(
            UUID tenant, UUID user, int limit, @Nullable String cursor) {}

    public record Draft(
            UUID conversation, String text, @Nullable UUID replyTo, Instant changedAt) {}

    public record Drafts(
            List<Draft> items,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String next) {}
}
