package io.parley.features.viewing;

import io.parley.server.session.Caller;
import io.parley.support.Metrics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What each session of one event loop shows: one conversation, for as long as it goes on to say so. Lives there. */
final class Screens {
    private static final long LIFE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Marks marks;
    private final Metrics metrics;
    private final LongSupplier nanoTime;

    /** By session, those first that will end first. */
    private final Map<UUID, Screen> screens = new LinkedHashMap<>();

    private record Screen(Caller session, Scene scene, long endsAt) {}

    Screens(Marks marks, Metrics metrics, LongSupplier nanoTime) {
        this.marks = marks;
        this.metrics = metrics;
        this.nanoTime = nanoTime;
    }

    /** Null: the session shows nothing. */
    @Nullable
    Scene scene(Caller session) {
        Screen screen = screens.get(session.session());
        return screen == null ? null : screen.scene();
    }

    /** @return false when the session does not show it; then nothing was done */
    boolean renew(Caller session, UUID conversation) {
        Scene scene = scene(session);
        if (scene == null || !scene.conversation.equals(conversation)) {
            return false;
        }
        screens.remove(session.session());
        put(session, scene);
        return true;
    }

    private void put(Caller session, Scene scene) {
        screens.put(session.session(), new Screen(session, scene, nanoTime.getAsLong() + LIFE_NANOS));
    }

    /** The session, which shows nothing, shows this; see {@link Marks#add}. */
    void begin(Caller session, Scene scene, boolean shown, long asOf) {
        put(session, scene);
        metrics.screens(1);
        marks.add(scene, session.principal().user(), shown, asOf);
    }

    /** The session shows nothing. */
    void end(Caller session) {
        Screen screen = screens.remove(session.session());
        if (screen != null) {
            metrics.screens(-1);
            marks.remove(screen.scene(), session.principal().user());
        }
    }

    /** Those who have not said for too long that they still show it. */
    List<Caller> over() {
        long now = nanoTime.getAsLong();
        return screens.values().stream()
                .takeWhile(screen -> now - screen.endsAt() >= 0)
                .map(Screen::session)
                .toList();
    }
}
