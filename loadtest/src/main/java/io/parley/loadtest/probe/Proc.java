package io.parley.loadtest.probe;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code /proc}. Everything here answers "unknown" instead of failing: processes come and go. */
final class Proc {
    static final Path ROOT = Path.of("/proc");
    private static final long NANOS_PER_TICK = 10_000_000;

    private Proc() {}

    /**
     * @param cpuNanos used since it began, to 10 ms
     * @param reapedNanos used by those of its children, and of theirs, that have ended
     */
    record ProcessFigures(long pid, long parent, String name, long cpuNanos, long reapedNanos) {
        /** The name without version and the like. */
        String kind() {
            return name.replaceAll("[^a-z].*", "");
        }
    }

    static @Nullable ProcessFigures process(long pid) {
        String stat = read(ROOT.resolve(Long.toString(pid)).resolve("stat"));
        int open = stat.indexOf('(');
        int close = stat.lastIndexOf(')');
        if (open < 0 || close < 0) {
            return null;
        }
        String[] fields = stat.substring(close + 2).split(" ", -1);
        long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        long reaped = Long.parseLong(fields[13]) + Long.parseLong(fields[14]);
        return new ProcessFigures(
                pid,
                Long.parseLong(fields[1]),
                stat.substring(open + 1, close),
                ticks * NANOS_PER_TICK,
                reaped * NANOS_PER_TICK);
    }

    /** Memory in RAM, shared pages included. */
    static long residentKb(long pid) {
        for (String line : read(ROOT.resolve(pid + "/status")).split("\n", -1)) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return 0;
    }

    /** All processes by their parents, without memory: one reading for all families. */
    static Map<Long, List<ProcessFigures>> byParent() {
        Map<Long, List<ProcessFigures>> children = new HashMap<>();
        for (Path entry : entries(ROOT, "[0-9]*")) {
            ProcessFigures found = process(Long.parseLong(entry.getFileName().toString()));
            if (found != null) {
                children.computeIfAbsent(found.parent(), any -> new ArrayList<>())
                        .add(found);
            }
        }
        return children;
    }

    /** The process and all that descend from it. */
    static List<ProcessFigures> family(long pid, Map<Long, List<ProcessFigures>> byParent) {
        List<ProcessFigures> family = new ArrayList<>();
        ProcessFigures root = process(pid);
        if (root != null) {
            family.add(root);
        }
        for (int i = 0; i < family.size(); i++) {
            family.addAll(byParent.getOrDefault(family.get(i).pid(), List.of()));
        }
        return family;
    }

    /** Work done by all processors since the machine began. */
    static long busyNanos() {
        String[] fields = read(ROOT.resolve("stat")).split("\n", 2)[0].split("\\s+", -1);
        long ticks = 0;
        // user, nice, system, idle, iowait, irq, softirq, steal
        for (int i : new int[] {1, 2, 3, 6, 7, 8}) {
            ticks += fields.length > i ? Long.parseLong(fields[i]) : 0;
        }
        return ticks * NANOS_PER_TICK;
    }

    /** Processes that ran or waited to run, averaged over the last minute; 0 if unknown. */
    static double loadAverage() {
        String line = read(ROOT.resolve("loadavg"));
        return line.isEmpty() ? 0 : Double.parseDouble(line.split(" ", 2)[0]);
    }

    static List<Path> entries(Path directory, String pattern) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, pattern)) {
            entries.forEach(found::add);
        } catch (IOException unreadable) {
            return List.of();
        }
        return found;
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException gone) {
            return "";
        }
    }
}
