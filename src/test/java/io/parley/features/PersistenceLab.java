package io.parley.features;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.ContractSchemas;
import io.parley.bus.Action;
import io.parley.bus.Bus;
import io.parley.bus.Frame;
import io.parley.bus.PersonalFrame;
import io.parley.server.Feature;
import io.parley.server.embedded.PostgresEndpoint;
import io.parley.server.persistence.Database;
import io.parley.server.persistence.Migrations;
import io.parley.server.persistence.PersistenceVerticle;
import io.parley.server.persistence.PgConnections;
import io.parley.support.AppError;
import io.parley.support.Config;
import io.parley.support.ConfigLoader;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.parley.support.Metrics;
import io.parley.support.Secret;
import io.parley.support.testing.TestServers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The persistence side of a node for one test class: a database of its own on a server that all classes share, the bus
 * and two persistence verticles with the features under test. Remembers every event that they publish.
 */
public final class PersistenceLab implements BeforeAllCallback, AfterAllCallback {
    public static final UUID TENANT = UUID.fromString("00000000-0000-7000-8000-000000000001");

    private static final int LANES = 2;
    private static final long PATIENCE_SECONDS = 60;

    private final BiFunction<Config, Metrics, List<Feature>> features;
    private final List<Frame> frames = new CopyOnWriteArrayList<>();
    private final List<PersonalFrame> personalFrames = new CopyOnWriteArrayList<>();
    private final ContractSchemas contract = ContractSchemas.asyncApi();
    private final ContractSchemas restContract = ContractSchemas.openApi();
    private String url;
    private Vertx vertx;
    private Bus bus;
    private Connection connection;
    private Database database;
    private Metrics metrics;

    /** @param features those under test, made anew for the lab's configuration */
    @SuppressWarnings("NullAway.Init") // the rest is made before the first test
    public PersistenceLab(BiFunction<Config, Metrics, List<Feature>> features) {
        this.features = features;
    }

    private static Config.Postgres database(PostgresEndpoint endpoint) {
        return new Config.Postgres(
                endpoint.host(),
                endpoint.port(),
                endpoint.database(),
                endpoint.user(),
                new Secret(endpoint.password()),
                "disable",
                4,
                5_000,
                false);
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        TestServers servers = TestServers.shared();
        Config config = config(database(servers.postgres()));
        Migrations.run(config.postgres());
        url = servers.url(servers.postgres().database()) + "&currentSchema=parley";
        connection = connect();
        vertx = Vertx.vertx();
        bus = Bus.alone(vertx, LANES);
        metrics = new Metrics();
        database = PgConnections.database(PgConnections.pool(vertx, config.postgres(), "lab", 2));
        await(listen());
        for (int lane = 0; lane < LANES; lane++) {
            await(vertx.deployVerticle(
                    new PersistenceVerticle(config, bus, features.apply(config, metrics), lane, metrics)));
        }
    }

    private Future<Void> listen() {
        return Future.future(promise -> vertx.runOnContext(ignored -> Future.all(
                        bus.onFrame(frames::add).completed(),
                        bus.onPersonalFrame(personalFrames::add).completed())
                .<Void>mapEmpty()
                .onComplete(promise)));
    }

    private static Config config(Config.Postgres postgres) {
        Config shipped = ConfigLoader.load(null, Map.of());
        return new Config(
                shipped.data(),
                shipped.node(),
                shipped.cluster(),
                shipped.http(),
                shipped.session(),
                shipped.management(),
                postgres,
                shipped.redis(),
                shipped.instances(),
                shipped.auth(),
                shipped.limits(),
                shipped.presence(),
                shipped.previews(),
                shipped.journal(),
                shipped.log());
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        await(vertx.close());
        connection.close();
        metrics.close();
    }

    /** As the verticles read and write, beside them. */
    public Database database() {
        return database;
    }

    /** That of the bus. */
    public Vertx vertx() {
        return vertx;
    }

    public Bus bus() {
        return bus;
    }

    /** One more connection to the database. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url);
    }

    public <I extends Record, O extends Record> O ask(Action<I, O> action, I input) {
        return await(bus.ask(action, input));
    }

    /** Asks the lane of a conversation. */
    public <I extends Record, O extends Record> O ask(Action<I, O> action, UUID conversation, I input) {
        return await(bus.ask(action, conversation, input));
    }

    /** The error that a question ends in. */
    public <I extends Record, O extends Record> AppError refusal(Action<I, O> action, I input) {
        return refusal(bus.ask(action, input));
    }

    /** The error that a question to the lane of a conversation ends in. */
    public <I extends Record, O extends Record> AppError refusal(Action<I, O> action, UUID conversation, I input) {
        return refusal(bus.ask(action, conversation, input));
    }

    private static AppError refusal(Future<?> answer) {
        return await(answer.map(done -> Optional.<AppError>empty())
                        .recover(cause -> Future.succeededFuture(Optional.of((AppError) cause))))
                .orElseThrow(() -> new AssertionError("was not refused"));
    }

    public static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw new CompletionException(failed.getCause());
        } catch (InterruptedException | TimeoutException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** A new person of the default tenant. */
    public UUID person() {
        return person(TENANT);
    }

    public UUID person(UUID tenant) {
        UUID id = Ids.next();
        String name = id.toString().substring(4);
        update(
                "INSERT INTO users (tenant_id, id, username, username_folded, display_name, words)"
                        + " VALUES (?, ?, ?, ?, ?, '{}')",
                tenant,
                id,
                name,
                name,
                name);
        return id;
    }

    public List<UUID> people(int count) {
        List<UUID> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            made.add(person());
        }
        return made;
    }

    /** A statement, run beside the verticles. */
    public int update(String sql, Object... parameters) {
        try (PreparedStatement statement = prepared(sql, parameters)) {
            return statement.executeUpdate();
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** The first column of all rows. */
    public <T> List<T> column(Class<T> type, String sql, Object... parameters) {
        try (PreparedStatement statement = prepared(sql, parameters);
                ResultSet rows = statement.executeQuery()) {
            List<T> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getObject(1, type));
            }
            return values;
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    public long number(String sql, Object... parameters) {
        return column(Long.class, sql, parameters).getFirst();
    }

    private PreparedStatement prepared(String sql, Object... parameters) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
        return statement;
    }

    /** The numbered events of a conversation, in the order in which they were published. */
    public List<Frame> frames(UUID conversation) {
        return frames.stream()
                .filter(frame -> frame.conversation().equals(conversation) && frame.version() > 0)
                .toList();
    }

    /** The events of a conversation that nobody misses. */
    public List<Frame> passingFrames(UUID conversation) {
        return frames.stream()
                .filter(frame -> frame.conversation().equals(conversation) && frame.version() == 0)
                .toList();
    }

    public List<PersonalFrame> personalFrames(UUID user) {
        return personalFrames.stream()
                .filter(frame -> frame.user().equals(user))
                .toList();
    }

    /** The content of a frame, after a look into the contract. */
    public JsonNode content(Frame frame) {
        return checked(Json.parse(frame.bytes().getBytes()));
    }

    /** The content of a frame, after a look into the contract. */
    public JsonNode content(PersonalFrame frame) {
        return checked(Json.parse(frame.bytes().getBytes()));
    }

    /** A frame that fits what the contract says about its type. */
    public JsonNode checked(JsonNode frame) {
        String pointer = "/components/messages/event." + frame.get("type").textValue() + "/payload";
        assertThat(contract.errors(pointer, frame)).as(frame.toString()).isEmpty();
        return frame;
    }

    /** An answer as its JSON, which must fit a schema of the REST contract. */
    public JsonNode checked(String schema, Record answer) {
        JsonNode tree = Json.mapper().valueToTree(answer);
        assertThat(restContract.errors("/components/schemas/" + schema, tree))
                .as(tree.toString())
                .isEmpty();
        return tree;
    }
}
