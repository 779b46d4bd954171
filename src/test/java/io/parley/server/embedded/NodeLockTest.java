package io.parley.server.embedded;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeLockTest {

    @TempDir
    private Path directory;

    @Test
    void aLockIsFreeAgainAfterItsClose() throws Exception {
        DataDirectory data = DataDirectory.open(directory);

        NodeLock.take(data).close();
        NodeLock.take(data).close();
    }

    @Test
    void theSameDirectoryByAnotherPathIsRefused() throws Exception {
        Path link =
                Files.createSymbolicLink(directory.resolve("link"), Files.createDirectory(directory.resolve("data")));
        NodeLock lock = NodeLock.take(DataDirectory.open(directory.resolve("data")));

        assertThatThrownBy(() -> NodeLock.take(DataDirectory.open(link)))
                .isInstanceOf(EmbeddedException.class)
                .hasMessageContaining("is in use by another node");
        lock.close();
    }

    @Test
    void aLockFileThatCannotBeOpenedHoldsNothing() throws Exception {
        DataDirectory data = DataDirectory.open(directory);
        Files.createDirectory(data.lock());

        assertThatThrownBy(() -> NodeLock.take(data)).isInstanceOf(IOException.class);

        Files.delete(data.lock());
        NodeLock.take(data).close();
    }
}
