package io.parley.features.privacy;

import io.parley.features.privacy.PrivacyActions.Privacy;
import io.parley.support.Json;
import io.vertx.core.buffer.Buffer;

/** The event of what a person lets others see, as a finished frame. */
public final class PrivacyEvents {
    public static final String UPDATED = "privacy.updated";

    private PrivacyEvents() {}

    private record Updated(String type, long userVersion, Privacy privacy) {}

    static Buffer updated(long userVersion, Privacy privacy) {
        return Json.encode(new Updated(UPDATED, userVersion, privacy));
    }
}
