package io.parley.loadtest.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a run is written down: for programs lines of JSON, for people words on the terminal. Each line has a {@code
 * type}: {@code run}, {@code second}, {@code event}, {@code step}, {@code summary}. All go to the file, from which pages and
 * comparisons are made; the steps and the summary also to the standard output. Safe on any thread.
 */
public final class Journal {
    private final PrintStream programs;
    private final Terminal people;
    private final List<ObjectNode> lines = new ArrayList<>();

    public Journal(PrintStream programs, Terminal people) {
        this.programs = programs;
        this.people = people;
    }

    public synchronized void say(String sentence) {
        people.say(sentence);
    }

    /** What is going on now; the next one takes its place. */
    public synchronized void progress(String line) {
        people.progress(line);
    }

    public synchronized void run(ObjectNode line) {
        lines.add(line.put("type", "run"));
    }

    public synchronized void second(ObjectNode line) {
        lines.add(line.put("type", "second"));
    }

    /** Something has been done to the server or the connections. */
    public synchronized void event(double at, String what) {
        say(what);
        lines.add(Figures.object()
                .put("type", "event")
                .put("at", Figures.rounded(at, 2))
                .put("what", what));
    }

    /** @param distribution only for the file */
    public synchronized void step(ObjectNode line, ObjectNode distribution) {
        print(line.put("type", "step"));
        ObjectNode full = line.deepCopy();
        full.set("distribution", distribution);
        lines.add(full);
    }

    public synchronized void summary(ObjectNode line) {
        print(line.put("type", "summary"));
        lines.add(line);
    }

    private void print(ObjectNode line) {
        people.clear();
        programs.println(line);
        programs.flush();
    }

    public synchronized List<ObjectNode> lines() {
        return List.copyOf(lines);
    }

    /** Writes all lines to a file. */
    public synchronized void save(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, lines.stream().map(ObjectNode::toString).toList());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
