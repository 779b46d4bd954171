package io.parley.loadtest.probe;

import io.parley.loadtest.probe.Proc.ProcessFigures;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the processes under test: the servers, what they use, such as PostgreSQL, and all that descend from both.
 * Used by the main thread.
 */
public final class ServerProbe {
    /** The group of the servers; what descends from them, and what they use, has a group of its own name. */
    public static final String SERVER = "server";

    /** The group of this process. */
    public static final String GENERATOR = "generator";

    private final List<Long> servers;
    private final List<Long> others;
    private final @Nullable URI metrics;
    private final HttpClient http;

    /**
     * @param servers pids
     * @param others pids of what the servers use and have not started themselves
     * @param metrics where the server tells its figures; null: nobody asks
     */
    public ServerProbe(List<Long> servers, List<Long> others, @Nullable URI metrics, HttpClient http) {
        this.servers = List.copyOf(servers);
        this.others = List.copyOf(others);
        this.metrics = metrics;
        this.http = http;
    }

    /** The processes of this machine that listen on these ports. */
    public static List<Long> listeners(Set<Integer> ports) {
        return new Sockets().listeners(ports);
    }

    /** What these processes are connected to on this machine: databases, as a rule. */
    public static List<Long> usedBy(List<Long> servers) {
        Sockets sockets = new Sockets();
        return servers.stream()
                .flatMap(pid -> sockets.serversOf(pid).stream())
                .distinct()
                .filter(pid -> !servers.contains(pid))
                .toList();
    }

    public List<Long> servers() {
        return servers;
    }

    public Snapshot look() {
        Map<String, Usage> groups = new TreeMap<>();
        Set<Long> seen = new HashSet<>();
        servers.forEach(pid -> add(groups, seen, pid, SERVER));
        others.forEach(pid -> add(groups, seen, pid, ""));
        add(groups, seen, ProcessHandle.current().pid(), GENERATOR);
        return new Snapshot(System.nanoTime(), groups, Proc.busyNanos(), Proc.loadAverage(), heapBytes());
    }

    private static void add(Map<String, Usage> groups, Set<Long> seen, long pid, String name) {
        for (ProcessFigures one : Proc.family(pid)) {
            if (seen.add(one.pid())) {
                String group = one.pid() == pid && !name.isEmpty() ? name : one.kind();
                groups.merge(group, new Usage(one.cpuNanos(), one.residentKb()), Usage::plus);
            }
        }
    }

    /** Lets the servers collect their garbage, so that what remains is what they need. */
    public void collectGarbage() {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        for (long pid : servers) {
            try {
                Process process = new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.run")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                if (!process.waitFor(60, TimeUnit.SECONDS)) {
                    process.destroy();
                }
            } catch (IOException failed) {
                System.err.println("cannot run " + jcmd + ": " + failed.getMessage());
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** 0 if unknown. */
    private long heapBytes() {
        if (metrics == null) {
            return 0;
        }
        try {
            String text = http.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
            return text.lines()
                    .filter(line -> line.startsWith("jvm_memory_used_bytes") && line.contains("area=\"heap\""))
                    .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        } catch (IOException unreachable) {
            return 0;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }
}
