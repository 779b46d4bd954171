package io.parley.features.privacy;

import io.parley.bus.Bus;
import io.parley.bus.Closing;
import io.parley.bus.PersonalFrame;
import io.parley.features.presence.PresenceActions;
import io.parley.features.privacy.PrivacyActions.Change;
import io.parley.features.privacy.PrivacyActions.Privacy;
import io.vertx.core.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changes what a person lets others see, and tells his devices of it. */
final class PrivacyService {
    private static final Logger LOG = LoggerFactory.getLogger(PrivacyService.class);

    private final Bus bus;
    private final PrivacyStore store;

    PrivacyService(Bus bus, PrivacyStore store) {
        this.bus = bus;
        this.store = store;
    }

    Future<Privacy> change(Change asked) {
        return store.change(asked).map(done -> {
            Long version = done.userVersion();
            if (version != null) {
                Privacy now = done.privacy();
                bus.events()
                        .publish(new PersonalFrame(
                                asked.user(),
                                version,
                                Closing.NONE,
                                null,
                                now.readReceipts(),
                                PrivacyEvents.updated(version, now)));
                if (asked.lastSeen() != null || asked.readReceipts() != null) {
                    showAgain(asked);
                }
            }
            return done.privacy();
        });
    }

    /** Whoever watches him, or what he looks at, sees more or less of him now. When that fails they are told at their next look. */
    private void showAgain(Change asked) {
        bus.ask(PresenceActions.SHOW, new PresenceActions.Person(asked.tenant(), asked.user()))
                .onFailure(cause -> LOG.info("privacy is shown later: {}", cause.toString()));
    }
}
