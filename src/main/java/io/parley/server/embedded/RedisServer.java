package io.parley.server.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts and stops Redis. It writes nothing to disk, since it holds only what may be lost, and makes itself a daemon, so
 * that the Ctrl-C that ends the node does not reach it.
 */
final class RedisServer {

    private static final Logger LOG = LoggerFactory.getLogger(RedisServer.class);
    private static final Duration START_LIMIT = Duration.ofSeconds(20);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    private final DataDirectory data;
    private final Path program;
    private final ServerLog log;
    private final ServerProcess ours;
    private @Nullable ProcessHandle running;

    private RedisServer(DataDirectory data, Path program, ServerLog log) {
        this.data = data;
        this.program = program;
        this.log = log;
        this.ours = new ServerProcess("redis-server", List.of(configuration().toString()));
    }

    static RedisServer of(DataDirectory data, Platform platform) throws IOException {
        Path program = Binaries.in(data.binaries()).redis(platform.redisServer());
        return new RedisServer(data, program, data.log("redis"));
    }

    private Path configuration() {
        return data.redis().resolve("redis.conf");
    }

    /** Stops the server that a killed node left running. */
    void stopOrphan() {
        running = ours.find().orElse(null);
        if (running != null) {
            LOG.info("stopping the Redis (pid {}) that a killed node left running", running.pid());
            stop();
        }
    }

    /** Starts the server and returns when it answers. */
    RedisEndpoint start(int port) throws IOException, EmbeddedException {
        long begin = System.nanoTime();
        long logStart = log.size();
        RedisEndpoint endpoint = new RedisEndpoint(Ports.HOST, port, PrivateFiles.password(data.redisPassword()));
        Files.createDirectories(data.redis(), PrivateFiles.OWNER_ONLY_DIRECTORY);
        PrivateFiles.write(configuration(), text(endpoint));
        log.run(
                "Redis",
                START_LIMIT,
                "",
                List.of(program.toString(), configuration().toString()));
        running = ours.find().orElse(null);
        Poll.until(START_LIMIT, () -> !isRunning() || RedisProbe.answers(endpoint));
        if (!isRunning() || !RedisProbe.answers(endpoint)) {
            stop();
            throw log.complaint(logStart, "Redis does not answer on port " + port);
        }
        LOG.info("Redis listens on {}:{}, {} ms", Ports.HOST, port, (System.nanoTime() - begin) / 1_000_000);
        return endpoint;
    }

    /** The command line stays as given, because it is what the server is recognised by. */
    private String text(RedisEndpoint endpoint) {
        return """
                bind %s
                port %d
                requirepass %s
                dir %s
                logfile %s
                save ""
                appendonly no
                daemonize yes
                set-proc-title no
                """.formatted(
                endpoint.host(), endpoint.port(), endpoint.password(), quoted(data.redis()), quoted(log.file()));
    }

    private static String quoted(Path path) {
        return '"' + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private boolean isRunning() {
        return running != null && ours.matches(running);
    }

    /** Ends it, by force when it does not go. */
    void stop() {
        if (running == null || !isRunning()) {
            return;
        }
        running.destroy();
        if (!Poll.until(STOP_LIMIT, () -> !isRunning())) {
            LOG.warn("Redis (pid {}) does not stop and is killed", running.pid());
            running.destroyForcibly();
        }
    }
}
