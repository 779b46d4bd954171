package io.parley.features.viewing;

import io.parley.features.viewing.Scene.Mark;
import io.parley.features.viewing.ViewingActions.Person;
import io.parley.features.viewing.ViewingActions.Persons;
import io.parley.features.viewing.ViewingActions.Right;
import io.parley.features.viewing.ViewingActions.Rights;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Who shows what on the sessions of one event loop, each person once, and whether others may know. That is asked again
 * when there is a reason to doubt it, and every minute, because what gives the reason may be lost. Lives on the event loop.
 */
final class Marks {
    private static final long FRESH_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MOST_AT_ONCE = 500;

    private final Function<Persons, Future<Rights>> ask;
    private final Scenes scenes;
    private final LongSupplier nanoTime;
    private final Map<UUID, Set<Mark>> people = new HashMap<>();

    /** Those first of whom it was learnt first. */
    private final Set<Mark> known = new LinkedHashSet<>();

    private final Set<Mark> doubted = new LinkedHashSet<>();
    private boolean asking;
    private long pausedUntil;
    private long doubts;

    Marks(Function<Persons, Future<Rights>> ask, Scenes scenes, LongSupplier nanoTime) {
        this.ask = ask;
        this.scenes = scenes;
        this.nanoTime = nanoTime;
        this.pausedUntil = nanoTime.getAsLong();
    }

    /** How often there was a reason to doubt anything: what was asked before it may be out of date. */
    long doubts() {
        return doubts;
    }

    /**
     * One more session shows it.
     *
     * @param shown whether others may know
     * @param asOf {@link #doubts} when that was asked for
     */
    void add(Scene scene, UUID user, boolean shown, long asOf) {
        Mark mark = scene.marks.computeIfAbsent(user, id -> new Mark(scene, id));
        mark.screens++;
        people.computeIfAbsent(user, id -> HashSet.newHashSet(1)).add(mark);
        learn(mark, shown);
        if (asOf != doubts) {
            doubt(mark);
        }
    }

    /** One session less shows it. */
    void remove(Scene scene, UUID user) {
        Mark mark = scene.marks.get(user);
        if (mark == null || --mark.screens > 0) {
            return;
        }
        scene.marks.remove(user);
        known.remove(mark);
        doubted.remove(mark);
        people.computeIfPresent(user, (id, marks) -> {
            marks.remove(mark);
            return marks.isEmpty() ? null : marks;
        });
        if (mark.shown) {
            scenes.note(scene, user);
        }
        scenes.release(scene);
    }

    private void learn(Mark mark, boolean shown) {
        mark.knownAt = nanoTime.getAsLong();
        known.remove(mark);
        known.add(mark);
        if (mark.shown != shown) {
            mark.shown = shown;
            scenes.note(mark.scene, mark.user);
        }
    }

    /** Something has happened to whether this person may be seen. */
    void doubt(UUID user) {
        doubts++;
        people.getOrDefault(user, Set.of()).forEach(this::doubt);
    }

    private void doubt(Mark mark) {
        known.remove(mark);
        doubted.add(mark);
    }

    /** Called several times a second. */
    void round() {
        long now = nanoTime.getAsLong();
        Iterator<Mark> oldest = known.iterator();
        while (oldest.hasNext()) {
            Mark mark = oldest.next();
            if (now - mark.knownAt < FRESH_NANOS) {
                break;
            }
            oldest.remove();
            doubted.add(mark);
        }
        if (!asking && !doubted.isEmpty() && now - pausedUntil >= 0) {
            ask(doubted.stream().limit(MOST_AT_ONCE).toList());
        }
    }

    private void ask(List<Mark> some) {
        some.forEach(doubted::remove);
        asking = true;
        ask.apply(new Persons(some.stream().map(Marks::person).toList())).onComplete(answer -> {
            asking = false;
            if (answer.failed()) {
                pausedUntil = nanoTime.getAsLong() + PAUSE_NANOS;
                some.stream().filter(Marks::isThere).forEach(doubted::add);
                return;
            }
            for (int i = 0; i < some.size(); i++) {
                Right right = answer.result().people().get(i);
                if (isThere(some.get(i))) {
                    learn(some.get(i), right.root() != null && right.shown());
                }
            }
        });
    }

    private static Person person(Mark mark) {
        return new Person(mark.scene.tenant, mark.user, mark.scene.conversation);
    }

    private static boolean isThere(Mark mark) {
        return mark.scene.marks.get(mark.user) == mark;
    }
}
