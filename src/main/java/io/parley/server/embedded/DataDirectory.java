package io.parley.server.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where things lie in a node's data directory. The path is real (no links), because running servers are recognised by
 * the paths on their command lines. Directories made here are for their owner only; one that the operator made keeps
 * the permissions he gave it.
 */
record DataDirectory(Path root) {

    static DataDirectory open(Path directory) throws IOException {
        return new DataDirectory(Files.createDirectories(directory, PrivateFiles.OWNER_ONLY_DIRECTORY)
                .toRealPath());
    }

    Path lock() {
        return root.resolve("node.lock");
    }

    /** Unpacked server programs, by version. */
    Path binaries() {
        return root.resolve("bin");
    }

    Path postgres() {
        return root.resolve("postgres");
    }

    Path postgresPassword() {
        return root.resolve("postgres.password");
    }

    Path redis() {
        return root.resolve("redis");
    }

    Path redisPassword() {
        return root.resolve("redis.password");
    }

    /** The log of one server. */
    ServerLog log(String server) throws IOException {
        Path directory = Files.createDirectories(root.resolve("log"), PrivateFiles.OWNER_ONLY_DIRECTORY);
        return new ServerLog(directory.resolve(server + ".log"));
    }
}
