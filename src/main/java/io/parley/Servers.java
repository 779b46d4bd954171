package io.parley;

import io.parley.server.embedded.EmbeddedServices;
import io.parley.support.Config;
import io.parley.support.Secret;

/** Puts the addresses of the embedded servers into the configuration, where those of external ones would stand. */
final class Servers {
    private Servers() {}

    static Config into(Config config, EmbeddedServices services) {
        var postgres = services.postgres();
        var redis = services.redis();
        Config.Postgres sql = config.postgres();
        return new Config(
                config.data(),
                config.node(),
                config.cluster(),
                config.http(),
                config.session(),
                config.management(),
                new Config.Postgres(
                        postgres.host(),
                        postgres.port(),
                        postgres.database(),
                        postgres.user(),
                        new Secret(postgres.password()),
                        "disable",
                        sql.poolSize(),
                        sql.maxWaiting(),
                        sql.synchronousFailover()),
                new Config.Redis(redis.host(), redis.port(), new Secret(redis.password()), false),
                config.instances(),
                config.auth(),
                config.limits(),
                config.presence(),
                config.previews(),
                config.journal(),
                config.log());
    }
}
