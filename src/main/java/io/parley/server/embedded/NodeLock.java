package io.parley.server.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a data directory to one node, until it is closed or its process ends in whatever way. */
final class NodeLock implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NodeLock.class);

    /**
     * The lock files held by this process. The operating system frees a process's lock when it closes <em>any</em>
     * descriptor of the file, so a second node in one JVM must be refused before it opens the file.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private NodeLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    static NodeLock take(DataDirectory data) throws IOException, EmbeddedException {
        Path file = data.lock();
        if (!HELD.add(file)) {
            throw inUse(data);
        }
        FileChannel channel = null;
        FileLock lock = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            lock = channel.tryLock();
            if (lock == null) {
                throw inUse(data);
            }
            return new NodeLock(file, channel);
        } finally {
            if (lock == null) {
                release(file, channel);
            }
        }
    }

    private static EmbeddedException inUse(DataDirectory data) {
        return new EmbeddedException("data directory " + data.root() + " is in use by another node");
    }

    private static void release(Path file, @Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.warn("cannot close {}", file, e);
        } finally {
            HELD.remove(file);
        }
    }

    @Override
    public void close() {
        release(file, channel);
    }
}
