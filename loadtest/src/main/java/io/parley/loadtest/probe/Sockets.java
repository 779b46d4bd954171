package io.parley.loadtest.probe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Which processes of this machine belong to which TCP ports, as far as we may see it; at one moment. */
final class Sockets {
    private static final String LISTENING = "0A";

    private final List<Row> rows = new ArrayList<>();

    private record Row(int localPort, int remotePort, boolean listening, String inode) {}

    Sockets() {
        for (String table : List.of("net/tcp", "net/tcp6")) {
            Proc.read(Proc.ROOT.resolve(table)).lines().skip(1).forEach(this::add);
        }
    }

    private void add(String line) {
        String[] fields = line.trim().split("\\s+", -1);
        rows.add(new Row(port(fields[1]), port(fields[2]), fields[3].equals(LISTENING), "socket:[" + fields[9] + "]"));
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.indexOf(':') + 1), 16);
    }

    /** Those that listen on any of the ports. */
    List<Long> listeners(Set<Integer> ports) {
        Set<String> sockets = inodes(row -> row.listening() && ports.contains(row.localPort()));
        List<Long> found = new ArrayList<>();
        for (Path process : Proc.entries(Proc.ROOT, "[0-9]*")) {
            if (open(process).stream().anyMatch(sockets::contains)) {
                found.add(Long.valueOf(process.getFileName().toString()));
            }
        }
        return found;
    }

    /** The servers of this machine that a process has connected to, such as its database. */
    List<Long> serversOf(long pid) {
        Set<String> open = open(Proc.ROOT.resolve(Long.toString(pid)));
        Set<Integer> ports = new HashSet<>();
        rows.stream().filter(row -> open.contains(row.inode())).forEach(row -> ports.add(row.remotePort()));
        return listeners(ports);
    }

    private Set<String> inodes(Predicate<Row> wanted) {
        Set<String> inodes = new HashSet<>();
        rows.stream().filter(wanted).forEach(row -> inodes.add(row.inode()));
        return inodes;
    }

    private static Set<String> open(Path process) {
        Set<String> open = new HashSet<>();
        for (Path descriptor : Proc.entries(process.resolve("fd"), "*")) {
            try {
                open.add(Files.readSymbolicLink(descriptor).toString());
            } catch (IOException gone) {
                open.remove("");
            }
        }
        return open;
    }
}
