package io.parley.features.typing;

import io.parley.bus.Frame;
import io.parley.features.typing.TypingActions.Typing;
import io.parley.features.typing.TypingActions.Typist;
import io.parley.support.AppError;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Who is typing, as far as it was said here: on one event loop of sessions, or over REST. Tells what has changed once a
 * round, in one frame a conversation, and ends what is not renewed. Lives on one event loop.
 */
final class TypingBoard {
    static final long ROUND_MS = 250;
    private static final long LIFE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Receivers end it by themselves after its life, so that it must be told again before. */
    private static final long TELL_AGAIN_NANOS = LIFE_NANOS / 2;

    private static final int MOST = 50_000;

    private final Consumer<Frame> publish;
    private final Consumer<List<Typing>> note;
    private final Metrics metrics;
    private final LongSupplier nanoTime;
    private final Function<List<Typist>, Future<Set<Typist>>> elsewhere;
    private boolean asking;
    private final Map<Typist, Entry> typing = new HashMap<>();

    /** What is to be told at the next round, by conversation. */
    private final Map<UUID, Map<Typist, Boolean>> changed = new LinkedHashMap<>();

    private final List<Typing> notes = new ArrayList<>();

    private static final class Entry {
        long endsAt;
        long toldAt;
        boolean told;

        /** False: it has ended, and those who were told must be told that, too. */
        boolean active;
    }

    /**
     * @param note gets what was told, and what ended without being told
     * @param elsewhere those of whom it was said since on another board, which will end them
     */
    TypingBoard(
            Consumer<Frame> publish,
            Consumer<List<Typing>> note,
            Function<List<Typist>, Future<Set<Typist>>> elsewhere,
            Metrics metrics,
            LongSupplier nanoTime) {
        this.publish = publish;
        this.note = note;
        this.elsewhere = elsewhere;
        this.metrics = metrics;
        this.nanoTime = nanoTime;
    }

    /** Has rounds from now on. */
    void start(Vertx vertx) {
        vertx.setPeriodic(ROUND_MS, due -> round());
    }

    void type(Typist typist) {
        Entry entry = typing.get(typist);
        if (entry == null) {
            if (typing.size() >= MOST) {
                throw AppError.unavailable("Too many people are typing");
            }
            entry = new Entry();
            typing.put(typist, entry);
        }
        long now = nanoTime.getAsLong();
        entry.active = true;
        entry.endsAt = now + LIFE_NANOS;
        if (!entry.told || now - entry.toldAt >= TELL_AGAIN_NANOS) {
            change(typist, true);
        } else {
            forget(typist);
        }
    }

    void stop(Typist typist) {
        Entry entry = typing.get(typist);
        if (entry == null) {
            return;
        }
        entry.active = false;
        if (entry.told) {
            change(typist, false);
        } else {
            typing.remove(typist);
            forget(typist);
        }
    }

    /** He has sent what he typed: the message says so to everybody. */
    void sent(Typist typist) {
        if (typing.remove(typist) != null) {
            forget(typist);
            notes.add(new Typing(typist, false));
        }
    }

    private void change(Typist typist, boolean active) {
        changed.computeIfAbsent(typist.conversation(), id -> new LinkedHashMap<>())
                .put(typist, active);
    }

    private void forget(Typist typist) {
        changed.computeIfPresent(typist.conversation(), (id, typists) -> {
            typists.remove(typist);
            return typists.isEmpty() ? null : typists;
        });
    }

    void round() {
        expire();
        changed.forEach(this::tell);
        metrics.typingTold(changed.size());
        changed.clear();
        if (!notes.isEmpty()) {
            note.accept(List.copyOf(notes));
            notes.clear();
        }
    }

    private void expire() {
        List<Typist> over = asking ? List.of() : over(typing.keySet());
        if (!over.isEmpty()) {
            asking = true;
            elsewhere.apply(over).otherwise(Set.of()).onSuccess(others -> {
                asking = false;
                over(over).forEach(typist -> {
                    if (others.contains(typist)) {
                        typing.remove(typist);
                    } else {
                        stop(typist);
                    }
                });
            });
        }
    }

    private List<Typist> over(Collection<Typist> some) {
        long now = nanoTime.getAsLong();
        return some.stream()
                .filter(typist -> {
                    Entry entry = typing.get(typist);
                    return entry != null && entry.active && now - entry.endsAt >= 0;
                })
                .toList();
    }

    private void tell(UUID conversation, Map<Typist, Boolean> typists) {
        List<TypingEvents.One> users = new ArrayList<>(typists.size());
        typists.forEach((typist, active) -> {
            told(typist, active);
            users.add(new TypingEvents.One(typist.user(), active));
            notes.add(new Typing(typist, active));
        });
        UUID alone = users.size() == 1 ? users.getFirst().user() : null;
        publish.accept(Frame.passing(conversation, alone, TypingEvents.typing(conversation, users)));
    }

    private void told(Typist typist, boolean active) {
        Entry entry = typing.get(typist);
        if (entry != null && active) {
            entry.told = true;
            entry.toldAt = nanoTime.getAsLong();
        } else {
            typing.remove(typist);
        }
    }
}
