package io.parley.support.testing.node;

import io.parley.support.testing.client.Endpoints;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A node in a JVM of its own, on a data directory that outlives it: the servers that it brings along go on when it is
 * killed and are found again when it is started again. All methods block.
 */
public final class TestNode implements AutoCloseable {
    private static final String MAIN = "io.parley.Main";
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration STOP = Duration.ofMinutes(1);
    private static final List<String> JVM_ARGUMENTS = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dio.netty.noUnsafe=false",
            "--add-modules=java.se",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.management/sun.management=ALL-UNNAMED",
            "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED",
            "-Xmx512m");

    private NodeConfig config;
    private volatile @Nullable Process process;
    private volatile @Nullable NodeOutput output;
    private volatile @Nullable Endpoints endpoints;

    private TestNode(NodeConfig config) {
        this.config = config;
    }

    /** One that is yet to be started. */
    static TestNode of(NodeConfig config) {
        return new TestNode(config);
    }

    /** Starts one and returns when it serves. */
    public static TestNode start(NodeConfig config) {
        TestNode node = new TestNode(config);
        try {
            node.start();
            return node;
        } catch (RuntimeException failed) {
            node.close();
            throw failed;
        }
    }

    /** Starts it again after it has ended, on the same data and at the same addresses. */
    public void start() {
        if (isAlive()) {
            throw new IllegalStateException("the node is running");
        }
        try {
            ProcessBuilder builder = new ProcessBuilder(command()).redirectErrorStream(true);
            builder.environment().putAll(config.environment());
            process = builder.start();
        } catch (IOException failed) {
            throw new IllegalStateException("no JVM could be started", failed);
        }
        output = new NodeOutput(process, config.output());
        output.await("parley: ready", START);
        endpoints = new Endpoints(address("http"), address("websocket"), address("management"));
        config = config.with("http.port", port(endpoints.http()))
                .with("session.port", port(endpoints.websocket()))
                .with("management.port", port(endpoints.management()));
    }

    private static String port(URI address) {
        return Integer.toString(address.getPort());
    }

    private URI address(String what) {
        String line = output().await("parley: " + what, Duration.ZERO);
        return URI.create(line.substring(line.lastIndexOf(' ') + 1));
    }

    /** The class path, agents, tuning and Java of this JVM: what is measured of tests is measured of the node, too. */
    private static List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-javaagent:") || argument.startsWith("-XX:"))
                .forEach(command::add);
        command.addAll(JVM_ARGUMENTS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
        return command;
    }

    /** It has served, so it has addresses, which it keeps. */
    boolean hasServed() {
        return endpoints != null;
    }

    public Endpoints endpoints() {
        if (endpoints == null) {
            throw new IllegalStateException("the node was never ready");
        }
        return endpoints;
    }

    public Path data() {
        return config.data();
    }

    /** The key of the operator's calls, as the node has made it. */
    public String operatorKey() {
        try {
            return Files.readString(data().resolve("operator.key")).strip();
        } catch (IOException missing) {
            throw new IllegalStateException("there is no operator key", missing);
        }
    }

    /** What it has printed since it was last started. */
    public List<String> outputLines() {
        return output().lines();
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** As {@code kill -9}: nothing is said, saved or closed. */
    public void killForcibly() {
        Process running = process();
        running.destroyForcibly();
        await(running);
    }

    /** As {@code kill}: it is given the time to send its sessions away. */
    public int terminate() {
        Process running = process();
        running.destroy();
        return await(running);
    }

    /** Asks it to stop and does not wait. */
    public void beginTerminate() {
        process().destroy();
    }

    /** Waits for its end. */
    public int exitCode() {
        return await(process());
    }

    /** Stops it in its tracks, as a long collection of garbage or a frozen virtual machine does. */
    public void pause() {
        Signals.send(process().pid(), "STOP");
    }

    public void resume() {
        Signals.send(process().pid(), "CONT");
    }

    /** Of the last start; 0 before the first. */
    public long pid() {
        return process == null ? 0 : process.pid();
    }

    /** The node's own PostgreSQL. */
    public ServerUnderNode postgres() {
        return ServerUnderNode.postgres(data());
    }

    /** The node's own Redis. */
    public ServerUnderNode redis() {
        return ServerUnderNode.redis(data());
    }

    private static int await(Process running) {
        try {
            if (!running.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("the node has not ended within " + STOP);
            }
            return running.exitValue();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", stop);
        }
    }

    /** Ends the node and the servers under it, whatever state they are in. */
    @Override
    public void close() {
        if (process != null && process.isAlive()) {
            resume();
            process.destroy();
            try {
                if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                process.destroyForcibly();
            }
        }
        postgres().killForcibly();
        redis().killForcibly();
    }

    private Process process() {
        if (process == null) {
            throw new IllegalStateException("the node was never started");
        }
        return process;
    }

    private NodeOutput output() {
        if (output == null) {
            throw new IllegalStateException("the node was never started");
        }
        return output;
    }
}
