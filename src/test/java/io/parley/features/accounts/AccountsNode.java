package io.parley.features.accounts;

import io.parley.bus.Action;
import io.parley.bus.Bus;
import io.parley.bus.Peers;
import io.parley.bus.PersonalFrame;
import io.parley.features.accounts.AccountActions.Client;
import io.parley.features.accounts.AccountActions.NewUser;
import io.parley.features.accounts.AccountActions.ProvisionUsers;
import io.parley.features.accounts.AccountActions.Register;
import io.parley.features.accounts.AccountActions.SignedIn;
import io.parley.features.accounts.AccountActions.Where;
import io.parley.features.accounts.tokens.SigningKeys;
import io.parley.features.devices.DevicesFeature;
import io.parley.server.embedded.PostgresEndpoint;
import io.parley.server.persistence.Database;
import io.parley.server.persistence.Migrations;
import io.parley.server.persistence.PersistenceVerticle;
import io.parley.server.persistence.PgConnections;
import io.parley.support.AppError;
import io.parley.support.Config;
import io.parley.support.ConfigLoader;
import io.parley.support.Metrics;
import io.parley.support.testing.TestServers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Accounts on a real PostgreSQL, behind the real bus: as much of a node as they need. */
final class AccountsNode implements AutoCloseable {
    static final UUID DEFAULT_TENANT = UUID.fromString("00000000-0000-7000-8000-000000000001");
    static final Where HERE = new Where("localhost", null);
    static final String PASSWORD = "correct horse battery";

    final Vertx vertx = Vertx.vertx();
    final Config config;
    final AccountFeature feature;
    final Bus bus;
    final Database database;
    final List<PersonalFrame> frames = Collections.synchronizedList(new ArrayList<>());

    private AccountsNode(Path data, Map<String, String> settings) {
        SigningKeys.loadOrMake(data.resolve("keys"), "");
        PostgresEndpoint postgres = TestServers.shared().database("template0");
        Map<String, String> environment = new HashMap<>(Map.of(
                "PARLEY_DATA", data.toString(),
                "PARLEY_AUTH_KEYS", data.resolve("keys").toString(),
                "PARLEY_AUTH_HASHTHREADS", "2",
                "PARLEY_POSTGRES_HOST", postgres.host(),
                "PARLEY_POSTGRES_PORT", Integer.toString(postgres.port()),
                "PARLEY_POSTGRES_USER", postgres.user(),
                "PARLEY_POSTGRES_PASSWORD", postgres.password(),
                "PARLEY_POSTGRES_DATABASE", postgres.database(),
                "PARLEY_POSTGRES_SSLMODE", "disable"));
        environment.putAll(settings);
        config = ConfigLoader.load(null, environment);
        Migrations.run(config.postgres());
        Metrics metrics = new Metrics();
        feature = new AccountFeature(vertx, config, null, metrics);
        bus = Bus.alone(vertx, 1);
        database = PgConnections.database(PgConnections.pool(vertx, config.postgres(), "test", 4));
        join(vertx.deployVerticle(
                new PersistenceVerticle(config, bus, List.of(feature, devices(metrics)), 0, metrics)));
        join(bus.onPersonalFrame(frames::add).completed());
    }

    private DevicesFeature devices(Metrics metrics) {
        Peers nobody = new Peers(
                bus,
                lag -> {
                    throw new UnsupportedOperationException();
                },
                () -> {});
        return new DevicesFeature(nobody, metrics);
    }

    static AccountsNode start(Path data) {
        return new AccountsNode(data, Map.of());
    }

    /** @param settings environment variables, as an operator would give them */
    static AccountsNode start(Path data, Map<String, String> settings) {
        return new AccountsNode(data, settings);
    }

    @Override
    public void close() {
        join(vertx.close());
    }

    /** Asks and waits; what is refused is thrown as the AppError itself. */
    <I extends Record, O extends Record> O ask(Action<I, O> action, I input) {
        return join(bus.ask(action, input));
    }

    SignedIn register(String username) {
        return ask(AccountActions.REGISTER, registration(HERE, username));
    }

    static Register registration(Where where, String username) {
        return new Register(
                where,
                username,
                username + "@example.org",
                PASSWORD,
                "Name of " + username,
                new Client(null, "10.0.0.1"));
    }

    /** Makes people without passwords. */
    List<UUID> provision(NewUser... users) {
        return provision(HERE, users);
    }

    List<UUID> provision(Where where, NewUser... users) {
        return ask(AccountActions.PROVISION_USERS, new ProvisionUsers(where, List.of(users))).items().stream()
                .map(item -> Objects.requireNonNull(item.id()))
                .toList();
    }

    UUID provision(String username, String displayName) {
        return provision(new NewUser(username, displayName, null)).getFirst();
    }

    UUID tenant(String slug, @Nullable String host) {
        UUID id = UUID.randomUUID();
        sql("INSERT INTO tenants (id, slug, name, host) VALUES ($1, $2, $2, $3)", id, slug, host);
        return id;
    }

    /** All rows of a statement. */
    List<Row> sql(String sql, @Nullable Object... parameters) {
        List<Row> rows = new ArrayList<>();
        join(database.query(sql, Tuple.wrap(parameters))).forEach(rows::add);
        return rows;
    }

    static <T extends @Nullable Object> T join(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof AppError refused ? refused : failed;
        }
    }
}
