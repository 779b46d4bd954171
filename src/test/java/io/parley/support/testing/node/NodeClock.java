package io.parley.support.testing.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The wall clock of a node, which can be set forward and back while the node runs. Needs libfaketime, which not every
 * machine has; the clock that measures time spans goes on undisturbed, as it does on real machines.
 */
public final class NodeClock {
    private static final List<Path> PLACES = List.of(
            Path.of(System.getProperty("parley.faketime", "/usr/local/lib/faketime/libfaketime.so.1")),
            Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"),
            Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1"),
            Path.of("/usr/lib64/faketime/libfaketime.so.1"));

    private final Path file;

    NodeClock(Path file) {
        this.file = file;
        set(Duration.ZERO);
    }

    /** The library, if the machine has it; {@code -Dparley.faketime=…} says where else it may be. */
    public static Optional<Path> library() {
        return PLACES.stream().filter(Files::isReadable).findFirst();
    }

    /** What a node must be started with. */
    Map<String, String> variables(Path library) {
        return Map.of(
                "LD_PRELOAD",
                library.toString(),
                "FAKETIME_TIMESTAMP_FILE",
                file.toString(),
                "FAKETIME_CACHE_DURATION",
                "1",
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1",
                // Otherwise all waiting of the JVM becomes spinning.
                "FAKETIME_FORCE_MONOTONIC_FIX",
                "0");
    }

    /** How far it is ahead of the true time; the node sees it within a second. */
    public void set(Duration ahead) {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try {
            Files.writeString(next, "%+d\n".formatted(ahead.toSeconds()));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
