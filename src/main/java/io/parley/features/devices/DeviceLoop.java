package io.parley.features.devices;

import io.parley.bus.Bus;
import io.parley.features.devices.DeviceActions.Sighting;
import io.parley.features.devices.DeviceActions.Sightings;
import io.parley.server.auth.Device;
import io.parley.server.auth.Principal;
import io.parley.server.session.Caller;
import io.parley.server.session.SessionListener;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Notes what the sessions of one event loop tell of their log-ins: what is new of the device when they begin, and that
 * it was in use when they end. Gathered, and nobody waits for it; what gets lost is told with the next session.
 */
final class DeviceLoop implements SessionListener {
    private static final long FLUSH_MS = 1_000;
    private static final int MOST_AT_ONCE = 500;

    /** Log-ins that wait to be noted; of more nothing is noted. */
    private static final int MOST_WAITING = 20_000;

    private final Map<UUID, Sighting> waiting = new LinkedHashMap<>();
    private Bus bus;
    private boolean noting;

    @SuppressWarnings("NullAway.Init") // the bus comes in started(), before any session
    DeviceLoop() {}

    @Override
    public void started(Vertx vertx, Bus nodeBus) {
        bus = nodeBus;
        vertx.setPeriodic(FLUSH_MS, ignored -> flush());
    }

    @Override
    public void began(Caller session) {
        Device told = session.device();
        if (told != null && !told.equals(session.principal().device())) {
            note(session.principal(), told);
        }
    }

    @Override
    public void ended(Caller session) {
        note(session.principal(), null);
    }

    private void note(Principal who, @Nullable Device told) {
        UUID login = who.origin().login();
        if (login != null && waiting.size() < MOST_WAITING) {
            waiting.merge(
                    login,
                    new Sighting(who.tenant(), login, told),
                    (before, now) -> now.device() == null ? before : now);
        }
    }

    private void flush() {
        if (noting || waiting.isEmpty()) {
            return;
        }
        noting = true;
        List<Sighting> some = new ArrayList<>();
        var oldest = waiting.values().iterator();
        while (oldest.hasNext() && some.size() < MOST_AT_ONCE) {
            some.add(oldest.next());
            oldest.remove();
        }
        bus.ask(DeviceActions.NOTE, new Sightings(some)).onComplete(any -> {
            noting = false;
            if (any.succeeded()) {
                flush();
            }
        });
    }
}
