package io.parley.loadtest.probe;

import io.parley.loadtest.probe.Proc.ProcessFigures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Looks at the processes under test: the servers, what they use, such as PostgreSQL, and all that descend from both.
 * Safe on any thread.
 */
public final class ServerProbe {
    /** The group of the servers; what descends from them, and what they use, has a group of its own name. */
    public static final String SERVER = "server";

    /** The group of this process. */
    public static final String GENERATOR = "generator";

    private final Set<Integer> ports;
    private final List<Long> generators;
    private final Metrics metrics;
    private volatile List<Long> servers;
    private volatile List<Long> others;

    /**
     * @param servers pids
     * @param ports on which they listen
     * @param others pids of what the servers use and have not started themselves
     * @param generators pids of this process and of others that share its work on this machine
     */
    public ServerProbe(
            List<Long> servers, Set<Integer> ports, List<Long> others, List<Long> generators, Metrics metrics) {
        this.servers = List.copyOf(servers);
        this.ports = Set.copyOf(ports);
        this.others = List.copyOf(others);
        this.generators = List.copyOf(generators);
        this.metrics = metrics;
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

    /** The program of the first server with its JVM's options, all else left out: it may be long, or secret. */
    public String command() {
        if (servers.isEmpty()) {
            return "";
        }
        String[] words =
                Proc.read(Proc.ROOT.resolve(servers.getFirst() + "/cmdline")).split("\0", -1);
        return words[0]
                + Arrays.stream(words)
                        .filter(word -> word.startsWith("-X"))
                        .map(word -> " " + word)
                        .collect(Collectors.joining());
    }

    /** Memory of this machine; 0 if unknown. */
    public long machineMb() {
        return Proc.read(Proc.ROOT.resolve("meminfo"))
                .lines()
                .filter(line -> line.startsWith("MemTotal:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(0);
    }

    public Snapshot look() {
        return look(metrics.read());
    }

    /** Without asking the servers, which costs them some milliseconds. */
    public Snapshot lookFromOutside() {
        return look(Metrics.Figures.NONE);
    }

    private Snapshot look(Metrics.Figures told) {
        Map<String, Usage> groups = new TreeMap<>();
        Families families = new Families(Proc.byParent(), groups, new HashSet<>());
        current().forEach(pid -> families.add(pid, SERVER));
        others.forEach(pid -> families.add(pid, ""));
        generators.forEach(families::addAlone);
        return new Snapshot(System.nanoTime(), groups, Proc.busyNanos(), Proc.loadAverage(), told);
    }

    private record Families(Map<Long, List<ProcessFigures>> byParent, Map<String, Usage> groups, Set<Long> seen) {
        /** With what has ended: backends of a database come and go, and their work must not go with them. */
        void add(long pid, String name) {
            for (ProcessFigures one : Proc.family(pid, byParent)) {
                add(one, one.pid() == pid && !name.isEmpty() ? name : one.kind(), one.reapedNanos());
            }
        }

        /** What a generator has started, such as the command of a fault, is not its own work. */
        void addAlone(long pid) {
            ProcessFigures one = Proc.process(pid);
            if (one != null) {
                add(one, GENERATOR, 0);
            }
        }

        private void add(ProcessFigures one, String group, long reapedNanos) {
            if (seen.add(one.pid())) {
                groups.merge(group, new Usage(one.cpuNanos() + reapedNanos, Proc.residentKb(one.pid())), Usage::plus);
            }
        }
    }

    /** Servers that were restarted are other processes now: who listens, and what they use, is looked up anew. */
    private List<Long> current() {
        if (servers.stream().allMatch(pid -> Files.exists(Proc.ROOT.resolve(Long.toString(pid))))) {
            return servers;
        }
        List<Long> found = listeners(ports);
        if (!found.isEmpty()) {
            servers = List.copyOf(found);
            others = usedBy(found);
        }
        return servers;
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
}
