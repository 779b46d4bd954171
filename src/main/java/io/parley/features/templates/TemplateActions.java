package io.parley.features.templates;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.bus.Action;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be asked about templates. */
public final class TemplateActions {
    public static final Action<ListTemplates, Templates> LIST =
            Action.of("templates.list", ListTemplates.class, Templates.class);
    public static final Action<StoreTemplate, Stored> STORE =
            Action.of("templates.store", StoreTemplate.class, Stored.class);

    private TemplateActions() {}

    public record ListTemplates(UUID tenant, UUID user) {}

    public record Templates(List<Template> items) {}

    /** @param settings as the contract has them */
    public record Template(
            UUID id,
            String name,
            @Nullable String description,
            String type,
            ObjectNode settings,
            List<UUID> members,
            UUID createdBy,
            Instant createdAt,
            Instant updatedAt) {}

    /** What a template shall be. */
    public record Content(String name, @Nullable String description, ObjectNode settings, List<UUID> members) {}

    /**
     * @param making false: it is there
     * @param content null: it is deleted
     */
    public record StoreTemplate(
            UUID tenant,
            UUID actor,
            UUID id,
            boolean making,
            @Nullable Content content) {}

    /**
     * @param template null when it was deleted
     * @param now false: it was so already
     */
    public record Stored(@Nullable Template template, boolean now) {}
}
