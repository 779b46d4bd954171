package io.parley.features.drafts;

import io.parley.features.drafts.DraftActions.Draft;
import io.parley.support.Json;
import io.vertx.core.buffer.Buffer;
import java.util.UUID;

/** The events of drafts, as finished frames. */
public final class DraftEvents {
    public static final String UPDATED = "draft.updated";
    public static final String REMOVED = "draft.removed";

    private DraftEvents() {}

    private record Updated(String type, UUID conversation, long userVersion, Draft draft) {}

    private record Removed(String type, UUID conversation, long userVersion) {}

    static Buffer updated(long userVersion, Draft draft) {
        return Json.encode(new Updated(UPDATED, draft.conversation(), userVersion, draft));
    }

    static Buffer removed(long userVersion, UUID conversation) {
        return Json.encode(new Removed(REMOVED, conversation, userVersion));
    }
}
