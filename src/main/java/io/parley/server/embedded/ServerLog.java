package io.parley.server.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The log file of one server, and the way to run its programs, since all they print goes there: a server started by
 * such a program inherits its output and would keep a pipe open for ever.
 */
record ServerLog(Path file) {

    /**
     * Runs a program to its end, in an English environment that says nothing of other servers.
     *
     * @param name what a complaint calls the program
     * @param input what it reads from its standard input
     * @throws EmbeddedException with what it complained of, when it fails or takes too long
     */
    void run(String name, Duration limit, String input, List<String> command) throws IOException, EmbeddedException {
        long start = size();
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(file.toFile()));
        builder.environment().keySet().removeIf(variable -> variable.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        try (var stdin = process.outputWriter(StandardCharsets.UTF_8)) {
            stdin.write(input);
        } catch (IOException e) {
            // It ended without reading; its exit code tells more.
        }
        boolean inTime = waitFor(process, limit);
        if (!inTime || process.exitValue() != 0) {
            String trouble = inTime ? "failed" : "did not end within " + limit.toSeconds() + " s";
            throw complaint(start, name + " " + trouble);
        }
    }

    private static boolean waitFor(Process process, Duration limit) throws EmbeddedException {
        try {
            boolean inTime = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!inTime) {
                process.destroyForcibly();
            }
            return inTime;
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new EmbeddedException("interrupted while a server started or stopped", e);
        }
    }

    long size() throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    /** An exception that says what happened and quotes the most telling line logged since the log had that size. */
    EmbeddedException complaint(long start, String what) throws IOException {
        List<String> lines = linesFrom(start);
        String quote = lines.reversed().stream()
                .filter(line -> line.contains("FATAL") || line.contains("error:"))
                .findFirst()
                .orElse(lines.isEmpty() ? "nothing was logged" : lines.getLast());
        return new EmbeddedException(what + ": " + quote + " (log: " + file + ")");
    }

    private List<String> linesFrom(long start) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            in.skipNBytes(start);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
        }
    }
}
