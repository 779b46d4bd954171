package io.parley.features.viewing;

import io.parley.features.presence.Veil;
import io.parley.features.viewing.ViewingActions.Viewers;
import io.parley.support.Json;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.UUID;

/** The event of viewing, as a finished frame. */
public final class ViewingEvents {
    public static final String VIEWING = "viewing";

    private ViewingEvents() {}

    /** Who shows a conversation, as one who looks sees it. */
    public record Seen(int count, List<UUID> users) {}

    private record Viewing(String type, UUID conversation, int count, List<UUID> users) {}

    /** Those who hide from him are not there. He who has too many against him sees nobody but himself. */
    static Seen seen(Viewers viewers, UUID onlooker, Veil veil) {
        List<UUID> users = viewers.users().stream()
                .filter(user -> user.equals(onlooker) || !veil.hides(user))
                .toList();
        int hidden = viewers.users().size() - users.size();
        return new Seen(veil.everybody() ? users.size() : viewers.count() - hidden, users);
    }

    static Buffer viewing(UUID conversation, Seen seen) {
        return Json.encode(new Viewing(VIEWING, conversation, seen.count(), seen.users()));
    }
}
