package io.parley.support.testing.network;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds out which process has made a TCP connection on this machine, from what Linux tells in {@code /proc}. */
public final class SocketOwner {
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
    private static final int LOCAL = 1;
    private static final int REMOTE = 2;
    private static final int INODE = 9;
    private static final int HEX = 16;

    private SocketOwner() {}

    /**
     * @param localPort the end of the connection that is asked for
     * @param remotePort its other end
     * @param pids who comes into question
     * @return empty when it is none of them, or the connection is gone already
     */
    public static Optional<Long> find(int localPort, int remotePort, List<Long> pids) {
        Set<String> sockets = new HashSet<>();
        for (Path table : TABLES) {
            sockets.addAll(sockets(table, localPort, remotePort));
        }
        return pids.stream().filter(pid -> holdsAny(pid, sockets)).findFirst();
    }

    private static Set<String> sockets(Path table, int localPort, int remotePort) {
        Set<String> sockets = new HashSet<>();
        try {
            for (String line : Files.readAllLines(table)) {
                String[] words = line.strip().split("\\s+");
                if (words.length > INODE
                        && words[0].endsWith(":")
                        && port(words[LOCAL]) == localPort
                        && port(words[REMOTE]) == remotePort) {
                    sockets.add("socket:[" + words[INODE] + "]");
                }
            }
        } catch (IOException noSuchTable) {
            return Set.of();
        }
        return sockets;
    }

    private static int port(String address) {
        int colon = address.lastIndexOf(':');
        return colon < 0 ? -1 : Integer.parseInt(address.substring(colon + 1), HEX);
    }

    private static boolean holdsAny(long pid, Set<String> sockets) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
            for (Path file : files) {
                if (isAnyOf(file, sockets)) {
                    return true;
                }
            }
            return false;
        } catch (IOException gone) {
            return false;
        }
    }

    private static boolean isAnyOf(Path file, Set<String> sockets) {
        try {
            return sockets.contains(Files.readSymbolicLink(file).toString());
        } catch (IOException closed) {
            return false;
        }
    }
}
