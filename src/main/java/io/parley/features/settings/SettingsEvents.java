package io.parley.features.settings;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.Json;
import io.vertx.core.buffer.Buffer;
import java.util.UUID;

/** The event of a person's own settings, as a finished frame. */
public final class SettingsEvents {
    public static final String SETTINGS = "conversation.settings";

    private SettingsEvents() {}

    private record Changed(String type, UUID conversation, long userVersion, JsonNode settings) {}

    static Buffer changed(UUID conversation, long userVersion, JsonNode settings) {
        return Json.encode(new Changed(SETTINGS, conversation, userVersion, settings));
    }
}
