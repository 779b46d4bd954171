package io.parley.support.testing.checker;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/** All that one device of one person did and saw, in that order. Written by its event loop, read by the checker. */
public final class History {
    private final String device;
    private final UUID user;
    private final List<Entry> entries;
    private volatile Consumer<Entry> observer = entry -> {};

    public History(String device, UUID user) {
        this(device, user, List.of());
    }

    public History(String device, UUID user, Collection<Entry> entries) {
        this.device = device;
        this.user = user;
        this.entries = new ArrayList<>(entries);
    }

    /** For people to read, e.g. {@code alice/phone}. */
    public String device() {
        return device;
    }

    public UUID user() {
        return user;
    }

    public void add(Entry entry) {
        synchronized (this) {
            entries.add(entry);
        }
        observer.accept(entry);
    }

    /** Who is told of each entry from now on, on the thread that adds it. */
    public void observe(Consumer<Entry> who) {
        observer = who;
    }

    /** What is there by now. */
    public synchronized List<Entry> entries() {
        return List.copyOf(entries);
    }
}
