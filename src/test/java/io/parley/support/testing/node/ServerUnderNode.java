package io.parley.support.testing.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A PostgreSQL or Redis that a node has brought along, to be stopped and started under it. It is recognised by the
 * data directory on its command line, and started again with the very words it was started with.
 */
public final class ServerUnderNode {
    private static final Duration END = Duration.ofSeconds(30);
    private static final String NAMESPACE = "ns/user";

    private final String program;
    private final String mark;
    private List<String> command = List.of();
    private Map<String, String> environment = Map.of();

    private ServerUnderNode(String program, String mark) {
        this.program = program;
        this.mark = mark;
        find().ifPresent(this::remember);
    }

    static ServerUnderNode postgres(Path data) {
        return new ServerUnderNode("postgres", real(data).resolve("postgres").toString());
    }

    static ServerUnderNode redis(Path data) {
        return new ServerUnderNode("redis-server", real(data).resolve("redis").toString());
    }

    private static Path real(Path data) {
        try {
            return data.toRealPath();
        } catch (IOException gone) {
            return data.toAbsolutePath();
        }
    }

    /** The main process. A child that has just been forked still looks like it. */
    private Optional<ProcessHandle> find() {
        return ProcessHandle.allProcesses()
                .filter(this::isStartedAsMain)
                .filter(process ->
                        process.parent().filter(this::isStartedAsMain).isEmpty())
                .findFirst();
    }

    private boolean isStartedAsMain(ProcessHandle process) {
        List<String> words = words(process.pid(), "cmdline");
        return words.size() > 1
                && Path.of(words.getFirst()).getFileName().toString().startsWith(program)
                && words.subList(1, words.size()).stream().anyMatch(word -> word.startsWith(mark));
    }

    private static List<String> words(long pid, String file) {
        try {
            byte[] bytes = Files.readAllBytes(Path.of("/proc", Long.toString(pid), file));
            return new String(bytes, StandardCharsets.UTF_8)
                    .transform(text -> List.of(text.split("\0", -1))).stream()
                            .filter(word -> !word.isEmpty())
                            .toList();
        } catch (IOException gone) {
            return List.of();
        }
    }

    /** Keeps how it was started; under root the server lives in a user namespace of its own or under another account. */
    private void remember(ProcessHandle process) {
        long pid = process.pid();
        List<String> words = new ArrayList<>(account(pid));
        words.addAll(words(pid, "cmdline"));
        command = List.copyOf(words);
        Map<String, String> variables = new TreeMap<>();
        words(pid, "environ").forEach(variable -> {
            int end = variable.indexOf('=');
            variables.put(variable.substring(0, end), variable.substring(end + 1));
        });
        environment = Map.copyOf(variables);
    }

    private static List<String> account(long pid) {
        Path its = Path.of("/proc", Long.toString(pid));
        Path ours = Path.of("/proc/self");
        try {
            if (!Files.readSymbolicLink(its.resolve(NAMESPACE))
                    .equals(Files.readSymbolicLink(ours.resolve(NAMESPACE)))) {
                return List.of("unshare", "--user");
            }
            Object uid = Files.getAttribute(its, "unix:uid");
            return uid.equals(Files.getAttribute(ours, "unix:uid"))
                    ? List.of()
                    : List.of("setpriv", "--reuid=" + uid, "--regid=" + uid, "--clear-groups");
        } catch (IOException noLinux) {
            return List.of();
        }
    }

    /** Where its files are. */
    public Path directory() {
        return Path.of(mark);
    }

    /** Of a PostgreSQL that was started as a standby: it becomes a primary, with another timeline. */
    public void promote() {
        try {
            Files.createFile(directory().resolve("promote"));
        } catch (IOException failed) {
            throw new IllegalStateException("the standby cannot be promoted", failed);
        }
        signal("USR1");
    }

    public boolean isRunning() {
        return find().isPresent();
    }

    /** PostgreSQL's {@code immediate} shutdown, as after a loss of power but for the disk's own caches. */
    public void stopImmediately() {
        signal("QUIT");
        awaitEnd();
    }

    /** As an administrator does: sessions are ended, the state is saved. */
    public void stopFast() {
        signal("INT");
        awaitEnd();
    }

    /** Main process first, so that it starts no new children; their memory must be gone before it can start again. */
    public void killForcibly() {
        find().ifPresent(main -> {
            List<ProcessHandle> children = main.descendants().toList();
            signal("KILL");
            children.forEach(ProcessHandle::destroyForcibly);
            awaitEnd();
        });
    }

    /** Keeps it from answering, while its connections stay. */
    public void pause() {
        signal("STOP");
    }

    public void resume() {
        signal("CONT");
    }

    /** Freezes it with all its children, so that no connection of it answers. */
    public void pauseAll() {
        signalAll("STOP");
    }

    public void resumeAll() {
        signalAll("CONT");
    }

    private void signalAll(String signal) {
        ProcessHandle main = find().orElseThrow(() -> new IllegalStateException(program + " is not running"));
        // The main one first, so that it starts no children that are overlooked.
        Signals.send(main.pid(), signal);
        main.descendants().forEach(child -> Signals.send(child.pid(), signal));
    }

    private void signal(String signal) {
        ProcessHandle process = find().orElseThrow(() -> new IllegalStateException(program + " is not running"));
        remember(process);
        Signals.send(process.pid(), signal);
    }

    private void awaitEnd() {
        long deadline = System.nanoTime() + END.toNanos();
        while (isRunning()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(program + " has not ended within " + END);
            }
            rest();
        }
    }

    private static void rest() {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", stop);
        }
    }

    /**
     * Starts it again as it was and returns when it listens. It does not start as long as the system has not cleared
     * away the last of what was killed; then it is tried again.
     */
    public void startUntilItListens(int port) {
        long deadline = System.nanoTime() + END.toNanos();
        while (!listens(port)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(program + " does not listen within " + END);
            }
            if (!isRunning()) {
                start();
            }
            rest();
        }
    }

    private static boolean listens(int port) {
        try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return probe.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    /** Starts it again as it was; it may need some time until it answers. */
    public void start() {
        if (command.isEmpty()) {
            throw new IllegalStateException(program + " was never seen running");
        }
        List<String> words = new ArrayList<>(List.of("setsid"));
        words.addAll(command);
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            builder.start();
        } catch (IOException failed) {
            throw new IllegalStateException(program + " could not be started", failed);
        }
    }
}
