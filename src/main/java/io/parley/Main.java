package io.parley;

import io.parley.features.accounts.AccountFeature;
import io.parley.server.cluster.Cluster;
import io.parley.server.embedded.EmbeddedException;
import io.parley.server.embedded.EmbeddedServices;
import io.parley.server.persistence.Migrations;
import io.parley.server.redis.RedisConnection;
import io.parley.support.Config;
import io.parley.support.ConfigError;
import io.parley.support.ConfigLoader;
import io.parley.support.Logging;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a node: configuration, servers of its own where none are given, schema, verticles. Whatever keeps it from
 * starting is told in one line and ends the process with status 1.
 */
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final long START_SECONDS = 60;
    private static final long STOP_SECONDS = 10;

    private Main() {}

    public static void main(String[] args) {
        try {
            run(configFile(args), System.getenv());
        } catch (ConfigError problems) {
            // It tells each problem in a line that begins with our name.
            fail(String.valueOf(problems.getMessage()));
        } catch (StartFailure reason) {
            fail("parley: " + reason.getMessage());
        } catch (RuntimeException defect) {
            LOG.error("start failed", defect);
            fail("parley: internal error: " + defect);
        }
    }

    private static @Nullable Path configFile(String[] args) {
        if (args.length == 0) {
            return null;
        }
        if (args.length == 2 && args[0].equals("--config")) {
            return Path.of(args[1]);
        }
        throw new StartFailure("usage: parley [--config FILE]");
    }

    private static void run(@Nullable Path file, Map<String, String> environment) {
        Config configured = ConfigLoader.load(file, environment);
        Logging.apply(configured.log());
        @Nullable EmbeddedServices services = startServices(configured);
        try {
            Config config = services == null ? configured : Servers.into(configured, services);
            migrate(config);
            Metrics metrics = new Metrics();
            Cluster cluster = join(config.cluster(), metrics);
            Node node = node(cluster, configured, config, metrics);
            start(node);
            if (services != null && config.cluster().enabled()) {
                JoinFile.write(config, cluster.address());
            }
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node, services, config), "parley-stop"));
            Announcement.print(config, node, cluster.address());
        } catch (RuntimeException failed) {
            if (services != null) {
                services.close();
            }
            throw failed;
        }
    }

    private static @Nullable EmbeddedServices startServices(Config config) {
        if (!config.postgres().embedded() && !config.redis().embedded()) {
            return null;
        }
        if (config.postgres().embedded() != config.redis().embedded()) {
            throw new StartFailure("configuration: postgres.host and redis.host must both be given or both be empty");
        }
        try {
            return EmbeddedServices.start(
                    Path.of(config.data()),
                    config.postgres().port(),
                    config.redis().port());
        } catch (EmbeddedException reason) {
            throw new StartFailure(String.valueOf(reason.getMessage()));
        }
    }

    private static void migrate(Config config) {
        try {
            Migrations.run(config.postgres());
        } catch (Migrations.Refused reason) {
            throw new StartFailure(String.valueOf(reason.getMessage()));
        }
    }

    private static Cluster join(Config.Cluster config, Metrics metrics) {
        var builder = Vertx.builder().withMetrics(new MicrometerMetricsFactory(metrics.registry()));
        try {
            return Cluster.join(builder, options(), config).await(START_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new StartFailure("the node could not join the cluster within " + START_SECONDS + " seconds");
        } catch (RuntimeException failed) {
            throw new StartFailure("cluster: " + firstLine(failed));
        }
    }

    private static String firstLine(Throwable cause) {
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse(cause.toString());
    }

    /** Of what Vert.x can tell of itself only the pools are wanted; everything else is told by our own metrics. */
    private static VertxOptions options() {
        MicrometerMetricsOptions pools = new MicrometerMetricsOptions().setEnabled(true);
        EnumSet.complementOf(EnumSet.of(MetricsDomain.NAMED_POOLS)).forEach(pools::addDisabledMetricsCategory);
        pools.addDisabledMetricsCategory("sql").addDisabledMetricsCategory("redis");
        return new VertxOptions().setPreferNativeTransport(true).setMetricsOptions(pools);
    }

    private static Node node(Cluster cluster, Config configured, Config config, Metrics metrics) {
        Vertx vertx = cluster.vertx();
        try {
            RedisConnection redis = new RedisConnection(vertx, config.redis());
            // The keys may be made by the node itself only where the database is its own, hence as configured.
            AccountFeature accounts = new AccountFeature(vertx, configured, redis.api(), metrics);
            return new Node(cluster, config, accounts, redis, metrics);
        } catch (IllegalStateException reason) {
            throw new StartFailure("configuration: " + reason.getMessage());
        }
    }

    private static void start(Node node) {
        try {
            node.start().await(START_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new StartFailure("the node did not start within " + START_SECONDS + " seconds");
        } catch (RuntimeException failed) {
            await(node.stop(), START_SECONDS);
            throw failed;
        }
    }

    private static void stop(Node node, @Nullable EmbeddedServices services, Config config) {
        await(node.stop(), TimeUnit.MILLISECONDS.toSeconds(config.session().drainMs()) + STOP_SECONDS);
        if (services != null) {
            services.close();
        }
        Logging.stop();
    }

    private static void await(Future<Void> stopped, long seconds) {
        try {
            stopped.await(seconds, TimeUnit.SECONDS);
        } catch (TimeoutException | RuntimeException unfinished) {
            LOG.warn("the node did not stop cleanly: {}", unfinished.toString());
        }
    }

    private static void fail(String reason) {
        System.err.println(reason);
        Logging.stop();
        Runtime.getRuntime().halt(1);
    }
}
