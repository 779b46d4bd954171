package io.parley.server.embedded;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The PostgreSQL and the Redis of one data directory, from start to stop.
 *
 * <p>Every method blocks, for some seconds at worst, a minute when PostgreSQL has much to recover.
 */
public final class EmbeddedServices implements AutoCloseable {

    private final NodeLock lock;
    private final PostgresServer postgresServer;
    private final RedisServer redisServer;
    private final PostgresEndpoint postgres;
    private final RedisEndpoint redis;
    private boolean closed;

    private EmbeddedServices(
            NodeLock lock,
            PostgresServer postgresServer,
            RedisServer redisServer,
            PostgresEndpoint postgres,
            RedisEndpoint redis) {
        this.lock = lock;
        this.postgresServer = postgresServer;
        this.redisServer = redisServer;
        this.postgres = postgres;
        this.redis = redis;
    }

    /**
     * Starts both servers on 127.0.0.1 and returns when both answer. What a killed predecessor left running on this
     * data directory is stopped first. When this throws, nothing is left running.
     *
     * @param dataDirectory made when it does not exist
     * @param postgresPort 0 for any free port
     * @param redisPort 0 for any free port
     * @throws EmbeddedException when the directory is in use or unfit, a port is taken, or a server does not come up
     */
    public static EmbeddedServices start(Path dataDirectory, int postgresPort, int redisPort) throws EmbeddedException {
        try {
            DataDirectory data = DataDirectory.open(dataDirectory);
            NodeLock lock = NodeLock.take(data);
            try {
                return start(data, lock, postgresPort, redisPort);
            } catch (IOException | EmbeddedException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new EmbeddedException("the embedded servers did not start in " + dataDirectory + ": " + e, e);
        }
    }

    private static EmbeddedServices start(DataDirectory data, NodeLock lock, int postgresPort, int redisPort)
            throws IOException, EmbeddedException {
        Platform platform = Platform.current();
        PostgresServer postgresServer = PostgresServer.of(data, platform, ServerAccount.choose());
        RedisServer redisServer = RedisServer.of(data, platform);
        postgresServer.stopOrphan();
        redisServer.stopOrphan();

        Ports ports = Ports.choose(postgresPort, redisPort);
        PostgresEndpoint postgres = postgresServer.start(ports.postgres());
        try {
            RedisEndpoint redis = redisServer.start(ports.redis());
            return new EmbeddedServices(lock, postgresServer, redisServer, postgres, redis);
        } catch (IOException | EmbeddedException | RuntimeException e) {
            postgresServer.stop();
            throw e;
        }
    }

    public PostgresEndpoint postgres() {
        return postgres;
    }

    public RedisEndpoint redis() {
        return redis;
    }

    /** Stops Redis, then PostgreSQL with a checkpoint, and frees the data directory; a second call does nothing. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        redisServer.stop();
        postgresServer.stop();
        lock.close();
    }
}
