package io.parley.server.redis;

import io.parley.support.Config;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisAPI;
import io.vertx.redis.client.RedisOptions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A pooled client of one Redis; connects when first used and again after every loss. */
public final class RedisConnection {
    private static final int CONNECTIONS = 4;
    private static final int WAITING = 1_000;

    private final Redis client;
    private final RedisAPI api;

    public RedisConnection(Vertx vertx, Config.Redis config) {
        String scheme = config.tls() ? "rediss" : "redis";
        String password = config.password().isEmpty()
                ? ""
                : ":" + URLEncoder.encode(config.password().reveal(), StandardCharsets.UTF_8) + "@";
        RedisOptions options = new RedisOptions()
                .setConnectionString(scheme + "://" + password + config.host() + ":" + config.port())
                .setPoolName("redis")
                .setMaxPoolSize(CONNECTIONS)
                .setMaxPoolWaiting(WAITING);
        options.getNetClientOptions().setConnectTimeout(1_000).setTcpNoDelay(true);
        this.client = Redis.createClient(vertx, options);
        this.api = RedisAPI.api(client);
    }

    public RedisAPI api() {
        return api;
    }

    /** Ends all connections; what waits for an answer fails. */
    public Future<Void> close() {
        return client.close();
    }

    /** Fails when Redis does not answer. */
    public Future<Void> ping() {
        return api.ping(List.of()).mapEmpty();
    }
}
