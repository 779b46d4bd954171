package io.parley.features.settings;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.bus.Action;
import io.parley.bus.Nothing;
import java.util.List;
import java.util.UUID;

/** What may be asked about a person's own settings of conversations. */
public final class SettingsActions {
    public static final Action<Change, Settings> CHANGE = Action.of("settings.change", Change.class, Settings.class);

    /** Pins these and no others. */
    public static final Action<Pin, Nothing> PIN = Action.of("settings.pin", Pin.class, Nothing.class);

    private SettingsActions() {}

    /** @param patch {@code PersonalSettingsChange} of the contract */
    public record Change(UUID tenant, UUID user, UUID conversation, JsonNode patch) {}

    /** @param all {@code PersonalSettings} of the contract */
    public record Settings(JsonNode all) {}

    /** @param conversations the one on top first */
    public record Pin(UUID tenant, UUID user, List<UUID> conversations) {}
}
