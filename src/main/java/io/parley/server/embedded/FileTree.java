package io.parley.server.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What the JDK lacks for whole directories. */
final class FileTree {

    private FileTree() {}

    /** All that is in a directory, links not followed, and the directory itself last. */
    static List<Path> contentsFirst(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            return paths.sorted(Comparator.reverseOrder()).toList();
        }
    }

    /** Deletes a directory with all that is in it; nothing happens when it does not exist. */
    static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            for (Path path : contentsFirst(directory)) {
                Files.delete(path);
            }
        }
    }
}
