package io.parley.features.viewing;

import io.parley.features.viewing.ViewingActions.Note;
import io.parley.features.viewing.ViewingActions.Noted;
import io.parley.features.viewing.ViewingActions.Notes;
import io.parley.features.viewing.ViewingActions.Viewers;
import io.parley.support.Ids;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * What Redis is told by one event loop, and what it answers: who shows a conversation. All of it is said again and again,
 * which shows that it still holds, and asks for what others have said: so what a dead node has left behind, or the bus has
 * lost, is put right by everybody who looks. One question is under way; what changes meanwhile goes into the next. Lives
 * on the event loop.
 */
final class Scenes {
    private static final long LIFE_NANOS = TimeUnit.MILLISECONDS.toNanos(ViewerStore.LIFE_MS);

    /** So that one time may be lost and the next be late. */
    private static final long AGAIN_NANOS = LIFE_NANOS / 3;

    /** People and conversations in one question: Redis does nothing else meanwhile. */
    private static final int MOST_AT_ONCE = 500;

    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What is older by more is of a clock that was put back. */
    private static final long MOST_LATE_MICROS = TimeUnit.MINUTES.toMicros(1);

    private final Function<Notes, Future<Noted>> note;
    private final Consumer<Scene> changed;
    private final LongSupplier nanoTime;
    private final UUID place = Ids.next();

    /** Those first that must be said again first. */
    private final Map<UUID, Scene> all = new LinkedHashMap<>();

    /** Those that Redis must be asked for, or told of. */
    private final Set<Scene> toNote = new LinkedHashSet<>();

    private boolean noting;
    private long pausedUntil;

    /** @param changed hears of each scene that others show it than before */
    Scenes(Function<Notes, Future<Noted>> note, Consumer<Scene> changed, LongSupplier nanoTime) {
        this.note = note;
        this.changed = changed;
        this.nanoTime = nanoTime;
        this.pausedUntil = nanoTime.getAsLong();
    }

    /** To be kept by a mark or a spectator, or released. */
    Scene of(UUID tenant, UUID conversation, UUID root) {
        return all.computeIfAbsent(conversation, id -> new Scene(tenant, id, root, nanoTime.getAsLong()));
    }

    /** Redis must be told whether this person shows it. */
    void note(Scene scene, UUID user) {
        scene.unnoted.add(user);
        ask(scene);
    }

    /** Redis must be asked who shows it. */
    void ask(Scene scene) {
        toNote.add(scene);
    }

    /** Somebody here needs it no more; it goes when nobody does. */
    void release(Scene scene) {
        if (scene.deserted() && scene.unnoted.isEmpty()) {
            all.remove(scene.conversation, scene);
            toNote.remove(scene);
        }
    }

    /** Called several times a second. */
    void round() {
        long now = nanoTime.getAsLong();
        List<Scene> due = all.values().stream()
                .takeWhile(scene -> now - scene.saidAt >= AGAIN_NANOS)
                .toList();
        due.forEach(scene -> sayAgain(scene, now));
        noteSome();
    }

    private void sayAgain(Scene scene, long now) {
        scene.saidAt = now;
        all.remove(scene.conversation);
        all.put(scene.conversation, scene);
        scene.marks.keySet().stream().filter(scene::shows).forEach(scene.unnoted::add);
        toNote.add(scene);
    }

    private void noteSome() {
        if (noting || toNote.isEmpty() || nanoTime.getAsLong() - pausedUntil < 0) {
            return;
        }
        List<Scene> scenes = new ArrayList<>();
        List<Note> notes = new ArrayList<>();
        int room = MOST_AT_ONCE;
        Iterator<Scene> oldest = toNote.iterator();
        while (oldest.hasNext() && room > 0) {
            Scene scene = oldest.next();
            List<UUID> some = scene.unnoted.stream().limit(room).toList();
            some.forEach(scene.unnoted::remove);
            if (scene.unnoted.isEmpty()) {
                oldest.remove();
            }
            scenes.add(scene);
            notes.add(note(scene, some));
            room -= 1 + some.size();
        }
        noting = true;
        boolean full = room <= 0;
        long now = nanoTime.getAsLong();
        note.apply(new Notes(place, notes)).onComplete(answer -> {
            noting = false;
            if (answer.succeeded()) {
                noted(scenes, now, answer.result());
            } else {
                unnoted(scenes, notes);
            }
            if (full) {
                noteSome();
            }
        });
    }

    private static Note note(Scene scene, List<UUID> users) {
        return new Note(
                scene.tenant,
                scene.conversation,
                scene.root,
                users.stream().filter(scene::shows).toList(),
                users.stream().filter(user -> !scene.shows(user)).toList());
    }

    private void noted(List<Scene> scenes, long at, Noted answer) {
        scenes.forEach(scene -> {
            scene.answeredAt = at;
            release(scene);
        });
        answer.conversations().forEach(this::heard);
    }

    /** Who has gone is not said again: that ends by itself, and nobody knows how much of it there will be. */
    private void unnoted(List<Scene> scenes, List<Note> notes) {
        pausedUntil = nanoTime.getAsLong() + PAUSE_NANOS;
        for (int i = 0; i < scenes.size(); i++) {
            Scene scene = scenes.get(i);
            if (all.get(scene.conversation) == scene) {
                scene.unnoted.addAll(notes.get(i).here());
                ask(scene);
            }
        }
        for (Scene scene : List.copyOf(toNote)) {
            scene.unnoted.removeIf(user -> !scene.shows(user));
            forget(scene);
            release(scene);
        }
    }

    /** What nobody has confirmed for as long as it lives is not known to hold any more. */
    private void forget(Scene scene) {
        Viewers last = scene.viewers;
        if (last != null && nanoTime.getAsLong() - scene.answeredAt >= LIFE_NANOS) {
            heard(new Viewers(last.conversation(), last.at(), 0, List.of()));
        }
    }

    /** What is known of who shows a conversation, from Redis or from another node. */
    void heard(Viewers next) {
        Scene scene = all.get(next.conversation());
        if (scene == null) {
            return;
        }
        Viewers last = scene.viewers;
        if (last != null && next.at() < last.at() && last.at() - next.at() < MOST_LATE_MICROS) {
            return;
        }
        scene.viewers = next;
        if (last == null || last.count() != next.count() || !last.users().equals(next.users())) {
            changed.accept(scene);
        }
    }
}
