package io.parley.features.settings;

import io.parley.bus.Bus;
import io.parley.bus.Nothing;
import io.parley.bus.PersonalFrame;
import io.parley.features.settings.SettingsActions.Change;
import io.parley.features.settings.SettingsActions.Pin;
import io.parley.features.settings.SettingsActions.Settings;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.UUID;

/** Changes settings, and tells the person's devices of what has changed. */
final class SettingsService {
    private final Bus bus;
    private final SettingsStore store;
    private final int mostPinned;

    SettingsService(Bus bus, SettingsStore store, int mostPinned) {
        this.bus = bus;
        this.store = store;
        this.mostPinned = mostPinned;
    }

    Future<Settings> change(Change asked) {
        return store.change(asked, SettingsRules.patch(asked.patch(), Instant.now()))
                .map(done -> new Settings(told(asked.user(), done).settings()));
    }

    Future<Nothing> pin(Pin asked) {
        return store.pin(asked).map(done -> {
            told(asked.user(), done);
            return Nothing.NOTHING;
        });
    }

    private SettingsStore.Changed told(UUID user, SettingsStore.Changed done) {
        SettingsRules.requireDone(done.outcome(), mostPinned);
        done.changed()
                .forEach(item -> bus.events()
                        .publish(new PersonalFrame(
                                user,
                                item.userVersion(),
                                false,
                                SettingsEvents.changed(item.conversation(), item.userVersion(), item.settings()))));
        return done;
    }
}
