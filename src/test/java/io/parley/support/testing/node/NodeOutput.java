package io.parley.support.testing.node;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a node prints, read by a thread of its own so that the node never waits for us. */
final class NodeOutput {
    private static final int SHOWN = 60;

    private final List<String> lines = new ArrayList<>();
    private final @Nullable Path file;
    private boolean ended;

    /** @param file gets each line as well, behind what is in it; null for none */
    NodeOutput(Process process, @Nullable Path file) {
        this.file = file;
        Thread reader = new Thread(() -> readAll(process), "node-output-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    private void readAll(Process process) {
        try (BufferedReader output = process.inputReader();
                PrintStream copy = copy()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                copy.println(line);
                add(line);
            }
        } catch (IOException gone) {
            add("(output ended: " + gone.getMessage() + ")");
        } finally {
            end();
        }
    }

    private PrintStream copy() throws IOException {
        OutputStream out = file == null
                ? OutputStream.nullOutputStream()
                : Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return new PrintStream(out, true, StandardCharsets.UTF_8);
    }

    private synchronized void add(String line) {
        lines.add(line);
        notifyAll();
    }

    private synchronized void end() {
        ended = true;
        notifyAll();
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    /** The first line that is this or begins with this and a blank. */
    synchronized Optional<String> find(String start) {
        return lines.stream()
                .filter(line -> line.equals(start) || line.startsWith(start + " "))
                .findFirst();
    }

    /**
     * Waits until such a line is printed.
     *
     * @throws IllegalStateException with the end of the output, when the node ends or the time is over before
     */
    synchronized String await(String start, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        Optional<String> found = find(start);
        while (found.isEmpty()) {
            long leftMs = (deadline - System.nanoTime()) / 1_000_000;
            if (ended || leftMs <= 0) {
                throw new IllegalStateException("the node did not print '" + start + "':\n" + tail());
            }
            try {
                wait(leftMs);
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                throw new UncheckedIOException(new IOException("interrupted", stop));
            }
            found = find(start);
        }
        return found.get();
    }

    synchronized String tail() {
        return String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN), lines.size()));
    }
}
