package io.parley.features.directory;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.bus.Action;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be asked of the directory. */
public final class DirectoryActions {
    public static final Action<Search, Page> SEARCH = Action.of("directory.search", Search.class, Page.class);

    private DirectoryActions() {}

    /**
     * @param q beginnings of words of the name; null: all
     * @param cursor the {@code next} of the page before
     */
    public record Search(
            UUID tenant,
            UUID user,
            @Nullable String q,
            int limit,
            @Nullable String cursor) {}

    public record Page(
            List<Entry> items,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String next) {}

    /** @param joined whether he who asks is in it */
    public record Entry(
            UUID id,
            String name,
            @Nullable String description,
            @Nullable String topic,
            @Nullable String color,
            @Nullable String icon,
            int memberCount,
            Instant createdAt,
            Instant lastActivityAt,
            boolean joined) {}
}
