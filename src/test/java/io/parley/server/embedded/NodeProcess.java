package io.parley.server.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;

/** A JVM of its own that starts the embedded servers on a data directory, to be killed or refused. */
final class NodeProcess implements AutoCloseable {

    private static final String READY = "ready";

    private final Process process;
    private final BufferedReader output;

    private NodeProcess(Process process) {
        this.process = process;
        this.output = process.inputReader();
    }

    static NodeProcess start(Path data) throws IOException {
        return new NodeProcess(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        NodeProcess.class.getName(),
                        data.toString())
                .redirectErrorStream(true)
                .start());
    }

    public static void main(String[] arguments) throws IOException {
        try {
            EmbeddedServices services = EmbeddedServices.start(Path.of(arguments[0]), 0, 0);
            System.out.println(READY + " " + services.postgres().port() + " "
                    + services.redis().port());
            System.in.read();
        } catch (EmbeddedException e) {
            System.out.println(e.getMessage());
        }
    }

    /** The ports of PostgreSQL and Redis, once both run. */
    Ports awaitReady() throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(READY)) {
                String[] words = line.split(" ", -1);
                return new Ports(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
            }
        }
        throw new IOException("the node ended before it was ready");
    }

    /** All it prints until it ends. */
    String awaitEnd() throws IOException {
        StringBuilder text = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            text.append(line).append('\n');
        }
        return text.toString();
    }

    /** Kills the JVM, as {@code kill -9} does. */
    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
