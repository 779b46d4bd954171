package io.parley.features.privacy;

import io.parley.bus.Action;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be asked about what a person lets others see. */
public final class PrivacyActions {
    public static final Action<Get, Privacy> GET = Action.of("privacy.get", Get.class, Privacy.class);
    public static final Action<Change, Privacy> CHANGE = Action.of("privacy.change", Change.class, Privacy.class);

    /** Of some people those who do not tell everybody when they were last there. */
    public static final Action<People, Audiences> AUDIENCES =
            Action.of("privacy.audiences", People.class, Audiences.class);

    private PrivacyActions() {}

    public record Person(UUID tenant, UUID user) {}

    public record People(List<Person> people) {}

    /** In any order. */
    public record Audiences(List<Audience> restricted) {}

    /** @param lastSeen contacts or nobody */
    public record Audience(UUID tenant, UUID user, String lastSeen) {}

    public record Get(UUID tenant, UUID user) {}

    /** What is null stays as it is. */
    public record Change(
            UUID tenant,
            UUID user,
            @Nullable Boolean readReceipts,
            @Nullable String lastSeen,
            @Nullable String contactRequests,
            @Nullable String groupAdds) {}

    /**
     * @param readReceipts whether others are told what he has read
     * @param lastSeen who is told when he was last there: everybody, contacts or nobody
     * @param contactRequests who may ask him to become a contact: everybody or nobody
     * @param groupAdds who may put him into a group: everybody, contacts or nobody
     */
    public record Privacy(boolean readReceipts, String lastSeen, String contactRequests, String groupAdds) {}
}
