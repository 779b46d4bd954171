package io.parley.support.testing.checker;

import java.time.Instant;
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
    private final List<Long> times = new ArrayList<>();
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
            times.add(System.currentTimeMillis());
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

    /** What concerns one conversation, and the connections, for people to read who wonder about a violation. */
    public synchronized String text(UUID conversation) {
        StringBuilder text = new StringBuilder();
        // What the history was made with has no times.
        int first = entries.size() - times.size();
        for (int i = first; i < entries.size(); i++) {
            String line = line(entries.get(i), conversation);
            if (!line.isEmpty()) {
                text.append(Instant.ofEpochMilli(times.get(i - first)))
                        .append(' ')
                        .append(line)
                        .append('\n');
            }
        }
        return text.toString();
    }

    private static String line(Entry entry, UUID conversation) {
        return switch (entry) {
            case Entry.Connected ready ->
                "connected, resumed " + ready.resumed() + ", userVersion " + ready.userVersion() + ", "
                        + of(conversation, ready.heads());
            case Entry.Listed listed -> "listed " + of(conversation, listed.heads());
            case Entry.Ponged pong -> "pong " + of(conversation, pong.heads());
            case Entry.Personal personal ->
                personal.kind() + " " + personal.version() + " after " + personal.after()
                        + (personal.conversations().contains(conversation) ? " of it" : "")
                        + of(conversation, personal.heads());
            case Entry.Range range ->
                range.conversation().equals(conversation)
                        ? (range.pushed() ? "given" : "fetched") + " changes (" + range.after() + ", " + range.version()
                                + "] messages "
                                + range.messages().stream().map(Copy::number).toList() + " others " + range.others()
                                + (range.reset() ? " reset" : "")
                        : "";
            default ->
                entry.toString().contains(conversation.toString())
                                || !entry.toString().contains("=")
                        ? entry.toString()
                        : "";
        };
    }

    private static String of(UUID conversation, List<Head> heads) {
        return heads.stream()
                .filter(head -> head.conversation().equals(conversation))
                .toList()
                .toString();
    }
}
