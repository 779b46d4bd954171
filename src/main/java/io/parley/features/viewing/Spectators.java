package io.parley.features.viewing;

import io.parley.features.presence.Veils;
import io.parley.features.viewing.ViewingActions.Viewers;
import io.parley.features.viewing.ViewingEvents.Seen;
import io.parley.server.session.Caller;
import io.parley.support.AppError;
import io.parley.support.Metrics;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one event loop that are told who shows which conversations, of each conversation at most once a second
 * and then as it is. Lives on the event loop.
 */
final class Spectators {
    private static final long SPACE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Pairs of a session and a conversation. */
    private static final int MOST = 200_000;

    private final Scenes scenes;
    private final Veils veils;
    private final Metrics metrics;
    private final LongSupplier nanoTime;
    private final Map<UUID, Spectator> spectators = new HashMap<>();
    private final Set<Scene> toTell = new LinkedHashSet<>();
    private int total;

    Spectators(Scenes scenes, Veils veils, Metrics metrics, LongSupplier nanoTime) {
        this.scenes = scenes;
        this.veils = veils;
        this.metrics = metrics;
        this.nanoTime = nanoTime;
    }

    /** @throws AppError {@code unavailable} when there is no room for so many more */
    void requireRoom(int more) {
        if (total + more > MOST) {
            throw AppError.unavailable("Too many conversations are being watched here");
        }
    }

    /** The session shows this conversation; null: none. */
    void shows(Caller session, @Nullable Scene scene) {
        change(session, spectator -> spectator.show(scene));
    }

    /** The session watches these conversations, and no others. */
    void watches(Caller session, Set<Scene> watched) {
        change(session, spectator -> spectator.watch(watched));
    }

    /** The session is in this conversation no more, nor in those that hang on it. */
    void left(Caller session, UUID root) {
        Spectator spectator = spectators.get(session.session());
        if (spectator != null) {
            Set<Scene> others = spectator.watched().stream()
                    .filter(scene -> !scene.root.equals(root))
                    .collect(Collectors.toSet());
            change(session, one -> one.watch(others));
        }
    }

    private void change(Caller session, Consumer<Spectator> what) {
        Spectator known = spectators.get(session.session());
        Spectator spectator = known == null ? new Spectator(session, toTell::add) : known;
        Set<Scene> before = spectator.scenes();
        what.accept(spectator);
        Set<Scene> after = spectator.scenes();
        after.stream().filter(scene -> !before.contains(scene)).forEach(scene -> {
            total++;
            scene.spectators.add(spectator);
            scene.untold.add(spectator);
            if (scene.viewers == null) {
                scenes.ask(scene);
            } else {
                toTell.add(scene);
            }
        });
        before.stream().filter(scene -> !after.contains(scene)).forEach(scene -> {
            total--;
            scene.spectators.remove(spectator);
            scene.untold.remove(spectator);
            scenes.release(scene);
        });
        if (after.isEmpty()) {
            spectators.remove(session.session());
            veils.forget(spectator);
        } else if (known == null) {
            spectators.put(session.session(), spectator);
            veils.renew(spectator);
        }
    }

    /** Other people show it than before. */
    void changed(Scene scene) {
        scene.untold.addAll(scene.spectators);
        toTell.add(scene);
    }

    /** Somebody hides from this person now, or does so no more. */
    void renew(UUID user) {
        spectators.values().stream()
                .filter(spectator -> spectator.session.principal().user().equals(user))
                .forEach(veils::renew);
    }

    /** Whoever hides from whom: what was said of it may have been lost. */
    void renewAll() {
        spectators.values().forEach(veils::renew);
    }

    /** Called several times a second. */
    void tell() {
        long now = nanoTime.getAsLong();
        List<Scene> due =
                toTell.stream().filter(scene -> now - scene.tellAfter >= 0).toList();
        due.forEach(scene -> {
            tell(scene, now);
            if (scene.untold.isEmpty()) {
                toTell.remove(scene);
            }
        });
    }

    private void tell(Scene scene, long now) {
        Viewers viewers = scene.viewers;
        if (viewers == null || scene.untold.isEmpty()) {
            return;
        }
        Seen all = new Seen(viewers.count(), viewers.users());
        Buffer bytes = ViewingEvents.viewing(viewers.conversation(), all);
        int waiting = scene.untold.size();
        scene.untold.removeIf(spectator -> spectator.tell(viewers, all, bytes));
        int told = waiting - scene.untold.size();
        if (told > 0) {
            scene.tellAfter = now + SPACE_NANOS;
            metrics.viewingTold(told);
        }
    }
}
