package io.parley.features.presence;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.ContractSchemas;
import io.parley.bus.Bus;
import io.parley.bus.Frame;
import io.parley.bus.PresenceFrame;
import io.parley.bus.Registration;
import io.parley.features.PersistenceLab;
import io.parley.features.contacts.ContactActions;
import io.parley.features.contacts.ContactActions.BlockedBy;
import io.parley.features.contacts.ContactActions.Blockers;
import io.parley.features.presence.PresenceActions.Choice;
import io.parley.features.presence.PresenceActions.Choices;
import io.parley.features.presence.PresenceActions.Choose;
import io.parley.features.presence.PresenceActions.People;
import io.parley.features.presence.PresenceActions.Person;
import io.parley.features.privacy.PrivacyActions;
import io.parley.features.privacy.PrivacyActions.Audience;
import io.parley.features.privacy.PrivacyActions.Audiences;
import io.parley.features.typing.TypingActions;
import io.parley.features.typing.TypingFeature;
import io.parley.features.viewing.ViewingActions;
import io.parley.features.viewing.ViewingFeature;
import io.parley.server.Feature;
import io.parley.server.auth.Principal;
import io.parley.server.embedded.RedisEndpoint;
import io.parley.server.limits.Limits;
import io.parley.server.presence.PresenceVerticle;
import io.parley.server.session.Caller;
import io.parley.server.session.SessionHost;
import io.parley.server.session.SessionListener;
import io.parley.support.AppError;
import io.parley.support.Config;
import io.parley.support.ConfigLoader;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.parley.support.Metrics;
import io.parley.support.Secret;
import io.parley.support.testing.NoLimits;
import io.parley.support.testing.TestServers;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisAPI;
import io.vertx.redis.client.RedisOptions;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Nodes with presence, typing and viewing on one real Redis, without sockets and PostgreSQL: what people choose is kept here, and
 * what one node publishes all of them get, as over a clustered bus.
 */
public final class PresenceLab implements AutoCloseable {
    static final UUID TENANT = PersistenceLab.TENANT;

    /** The direct one of any two of whom one blocks the other. */
    public static final UUID CONVERSATION = Ids.next();

    private final Config config;
    private final Config.Redis address;
    private final Vertx vertx = Vertx.vertx();
    private final RedisAPI redis;
    private final List<Node> nodes = new CopyOnWriteArrayList<>();
    private final Map<Person, Choice> choices = new ConcurrentHashMap<>();
    private final ContractSchemas contract = ContractSchemas.asyncApi();
    private final Set<Block> blocks = ConcurrentHashMap.newKeySet();
    private final Map<UUID, String> audiences = new ConcurrentHashMap<>();
    private final Map<UUID, UUID> threads = new ConcurrentHashMap<>();
    private final Set<UUID> confidants = ConcurrentHashMap.newKeySet();
    volatile boolean databaseGone;
    public volatile boolean busLosesEverything;

    /** @param keys what differs from the shipped configuration, as environment variables */
    public PresenceLab(Map<String, String> keys) {
        RedisEndpoint server = TestServers.shared().redis();
        this.config = ConfigLoader.load(null, keys);
        this.address = new Config.Redis("127.0.0.1", server.port(), new Secret(server.password()), false);
        this.redis = RedisAPI.api(Redis.createClient(
                vertx,
                new RedisOptions()
                        .setConnectionString("redis://127.0.0.1:" + server.port())
                        .setPassword(server.password())));
        flush();
    }

    /** A node with sessions and presence. */
    public Node node() {
        return node(true);
    }

    /** @param presence whether it answers for presence itself */
    public Node node(boolean presence) {
        Node node = new Node(presence);
        nodes.add(node);
        return node;
    }

    /** Redis loses everything. */
    public void flush() {
        PersistenceLab.await(redis.flushall(List.of()));
    }

    /** Nobody waits for reports after Redis was emptied. */
    void settle() {
        PersistenceLab.await(redis.del(List.of("parley:presence:settling")));
    }

    RedisAPI redis() {
        return redis;
    }

    private record Block(UUID blocker, UUID blocked) {}

    /** As {@code features.contacts} does it; also the frame is as lossy as the bus. */
    public void block(UUID blocker, UUID blocked, boolean now) {
        Block block = new Block(blocker, blocked);
        if (now) {
            blocks.add(block);
        } else {
            blocks.remove(block);
        }
        PresenceFrame frame = new PresenceFrame(
                List.of(),
                List.of(
                        new PresenceFrame.Viewer(blocked, CONVERSATION),
                        new PresenceFrame.Viewer(blocker, CONVERSATION)));
        nodes.forEach(node -> node.hear(frame));
    }

    private Blockers blockers(ContactActions.People asked) {
        return new Blockers(asked.people().stream()
                .map(viewer -> new BlockedBy(
                        blocks.stream()
                                .filter(block -> block.blocked().equals(viewer.user()))
                                .map(Block::blocker)
                                .toList(),
                        false,
                        confidants.contains(viewer.user()) ? List.copyOf(audiences.keySet()) : List.of()))
                .toList());
    }

    /** As {@code features.privacy} does it: who is told when somebody was last there. */
    public void lastSeenFor(UUID user, String audience) {
        audiences.put(user, audience);
        PersistenceLab.await(nodes.getFirst().bus().ask(PresenceActions.SHOW, new Person(TENANT, user)));
    }

    /** Everybody who restricts that is a contact of his. */
    void confideIn(UUID viewer) {
        confidants.add(viewer);
    }

    private Audiences audiences(PrivacyActions.People asked) {
        return new Audiences(asked.people().stream()
                .filter(person -> audiences.containsKey(person.user()))
                .map(person -> new Audience(person.tenant(), person.user(), audiences.get(person.user())))
                .toList());
    }

    /** As {@code features.viewing} reads it; who may look the sessions know here. */
    private ViewingActions.Rights rights(ViewingActions.Persons asked) {
        return new ViewingActions.Rights(asked.people().stream()
                .map(person -> new ViewingActions.Right(
                        threads.getOrDefault(person.conversation(), person.conversation()),
                        !isInvisible(person)
                                && !audiences.containsKey(person.user())
                                && (!person.conversation().equals(CONVERSATION) || blocks.isEmpty())))
                .toList());
    }

    private boolean isInvisible(ViewingActions.Person person) {
        Choice choice = choices.get(new Person(person.tenant(), person.user()));
        return choice != null && choice.status().equals("invisible");
    }

    /** A conversation that hangs on another one. */
    public UUID thread(UUID root) {
        UUID thread = Ids.next();
        threads.put(thread, root);
        return thread;
    }

    private synchronized Choice choose(Choose asked) {
        Person person = new Person(asked.tenant(), asked.user());
        Choice last = choices.get(person);
        long revision = last == null ? 1 : last.revision() + 1;
        Choice choice = new Choice(asked.tenant(), asked.user(), asked.status(), revision, Instant.now());
        choices.put(person, choice);
        return choice;
    }

    private Choices choices(People asked) {
        return new Choices(asked.people().stream()
                .filter(choices::containsKey)
                .map(choices::get)
                .toList());
    }

    @Override
    public void close() {
        nodes.forEach(Node::kill);
        PersistenceLab.await(vertx.close());
    }

    /** One node: an event loop with sessions, and a presence verticle if it has one. */
    public final class Node implements SessionHost {
        private final Vertx own = Vertx.vertx();
        private final Bus bus = Bus.alone(own, 1);
        private final Metrics metrics = new Metrics();
        private final Context loop;
        private final List<SessionListener> listeners = new ArrayList<>();
        private final Map<String, BiFunction<Caller, ObjectNode, Future<? extends Record>>> commands = new HashMap<>();
        private final List<Session> sessions = new CopyOnWriteArrayList<>();

        @Override
        public Limits limits() {
            return NoLimits.limits();
        }

        Node(boolean presence) {
            List<Feature> features = List.of(
                    new PresenceFeature(config, metrics),
                    new TypingFeature(config, metrics),
                    new ViewingFeature(metrics));
            PersistenceLab.await(own.deployVerticle(context -> Future.all(Stream.of(
                                    bus.answer(PresenceActions.CHOOSE, asked -> ifThere(() -> choose(asked))),
                                    bus.answer(PresenceActions.CHOICES, asked -> ifThere(() -> choices(asked))),
                                    bus.answer(PrivacyActions.AUDIENCES, asked -> ifThere(() -> audiences(asked))),
                                    bus.answer(ContactActions.BLOCKERS, asked -> ifThere(() -> blockers(asked))),
                                    bus.answer(
                                            TypingActions.SIZE,
                                            room -> Future.succeededFuture(new TypingActions.Size(
                                                    3, room.conversation().equals(CONVERSATION) && !blocks.isEmpty()))),
                                    bus.answer(ViewingActions.RIGHTS, asked -> ifThere(() -> rights(asked))),
                                    bus.onPresence(frame -> nodes.forEach(node -> node.hear(frame))),
                                    bus.onFrame(frame -> nodes.forEach(node -> node.deliver(frame))))
                            .map(Registration::completed)
                            .toList())
                    .<Void>mapEmpty()));
            if (presence) {
                PersistenceLab.await(own.deployVerticle(new PresenceVerticle(address, bus, features, metrics)));
            }
            Promise<Context> started = Promise.promise();
            own.deployVerticle(context -> {
                        features.forEach(feature -> feature.session(this));
                        listeners.forEach(listener -> listener.started(own, bus));
                        started.complete(context);
                        return Future.<Void>succeededFuture();
                    })
                    .onFailure(started::tryFail);
            loop = PersistenceLab.await(started.future());
        }

        private <T> Future<T> ifThere(Supplier<T> answer) {
            return databaseGone
                    ? Future.failedFuture(AppError.unavailable("The database is away"))
                    : Future.succeededFuture(answer.get());
        }

        private void hear(PresenceFrame frame) {
            if (!busLosesEverything) {
                loop.runOnContext(due -> listeners.forEach(listener -> listener.presence(frame)));
            }
        }

        private void deliver(Frame frame) {
            if (frame.passing() != null && frame.passing().asked()) {
                if (!busLosesEverything) {
                    loop.runOnContext(due -> listeners.forEach(listener -> listener.asked(frame)));
                }
                return;
            }
            loop.runOnContext(due -> sessions.stream()
                    .filter(session -> session.isIn(frame.conversation()))
                    .filter(session -> frame.passing() == null
                            || !session.principal()
                                    .user()
                                    .equals(frame.passing().about()))
                    .forEach(session -> session.offer(frame.bytes())));
        }

        @Override
        public <I extends Record> void command(
                String type, Class<I> input, BiFunction<Caller, I, ? extends Future<? extends Record>> handler) {
            commands.put(type, (caller, fields) -> handler.apply(caller, Json.read(fields, input)));
        }

        @Override
        public void listen(SessionListener listener) {
            listeners.add(listener);
        }

        public Bus bus() {
            return bus;
        }

        Metrics metrics() {
            return metrics;
        }

        public Session connect(UUID user, UUID... conversations) {
            return foreigner(TENANT, user, conversations);
        }

        /** Somebody of any tenant. */
        Session foreigner(UUID tenant, UUID user, UUID... conversations) {
            Session session = new Session(this, new Principal(tenant, user, Instant.MAX), Set.of(conversations));
            sessions.add(session);
            onLoop(() -> {
                listeners.forEach(listener -> listener.began(session));
                return Boolean.TRUE;
            });
            return session;
        }

        private <T> T onLoop(Supplier<T> task) {
            Promise<T> done = Promise.promise();
            loop.runOnContext(due ->
                    Future.<T>future(promise -> promise.complete(task.get())).onComplete(done));
            return PersistenceLab.await(done.future());
        }

        /** As by kill -9: nothing is said. */
        public void kill() {
            nodes.remove(this);
            PersistenceLab.await(own.close());
        }
    }

    /** A session without a socket. */
    public final class Session implements Caller {
        private final Node node;
        private final Principal principal;
        private final UUID id = Ids.next();
        private final Set<UUID> conversations;
        private final List<JsonNode> received = new CopyOnWriteArrayList<>();
        public volatile boolean slow;

        Session(Node node, Principal principal, Set<UUID> conversations) {
            this.node = node;
            this.principal = principal;
            this.conversations = ConcurrentHashMap.newKeySet();
            this.conversations.addAll(conversations);
        }

        @Override
        public Principal principal() {
            return principal;
        }

        @Override
        public UUID session() {
            return id;
        }

        @Override
        public Bus bus() {
            return node.bus;
        }

        @Override
        public boolean isIn(UUID conversation) {
            return conversations.contains(conversation);
        }

        @Override
        public boolean offer(Buffer event) {
            if (slow) {
                return false;
            }
            JsonNode frame = Json.parse(event.getBytes());
            String pointer = "/components/messages/event." + frame.path("type").asText() + "/payload";
            assertThat(contract.errors(pointer, frame)).as(frame.toString()).isEmpty();
            received.add(frame);
            return true;
        }

        /** Gives a command; {@code fields} as the client writes them, with ' for ". */
        public Future<? extends Record> give(String type, String fields) {
            ObjectNode tree = (ObjectNode) Json.parse(fields.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
            Promise<Record> reply = Promise.promise();
            node.loop.runOnContext(due -> Future.<Record>future(promise -> {
                        node.listeners.forEach(listener -> listener.commanded(this, type, tree));
                        var handler = node.commands.get(type);
                        (handler == null ? Future.<Record>succeededFuture() : handler.apply(this, tree))
                                .onSuccess(promise::complete)
                                .onFailure(promise::fail);
                    })
                    .onComplete(reply));
            return reply.future();
        }

        public JsonNode ask(String type, String fields) {
            return Json.mapper().valueToTree(PersistenceLab.await(give(type, fields)));
        }

        public AppError refusal(String type, String fields) {
            return (AppError) PersistenceLab.await(give(type, fields)
                    .<Throwable>map(done -> new AssertionError("was not refused"))
                    .otherwise(cause -> cause));
        }

        /** What the reply says of each of them. */
        Map<UUID, String> watch(UUID... users) {
            String ids = String.join(
                    "','", List.of(users).stream().map(UUID::toString).toList());
            Map<UUID, String> standings = new HashMap<>();
            ask("presence.watch", "{'users':['" + ids + "']}")
                    .path("users")
                    .forEach(one -> standings.put(
                            UUID.fromString(one.path("user").asText()),
                            one.path("status").asText()));
            return standings;
        }

        public void set(String status) {
            ask("presence.set", "{'status':'" + status + "'}");
        }

        /** The frames that have come, oldest first. */
        public List<JsonNode> received() {
            return received;
        }

        /** What was told of one person, in order. */
        List<String> told(UUID user) {
            return received.stream()
                    .flatMap(frame -> frame.path("users").valueStream())
                    .filter(one -> one.path("user").asText().equals(user.toString()) && one.has("status"))
                    .map(one -> one.path("status").asText())
                    .toList();
        }

        /** Whether the last that was told of one person says when he was there. */
        boolean lastSeen(UUID user) {
            return received.reversed().stream()
                    .flatMap(frame -> frame.path("users").valueStream())
                    .filter(one -> one.path("user").asText().equals(user.toString()) && one.has("status"))
                    .findFirst()
                    .filter(one -> one.has("lastSeen"))
                    .isPresent();
        }

        /** The last that was told of one person. */
        String last(UUID user) {
            List<String> all = told(user);
            return all.isEmpty() ? "nothing" : all.getLast();
        }

        /** He is no member any more. */
        public void leave(UUID conversation) {
            node.onLoop(() -> {
                conversations.remove(conversation);
                node.listeners.forEach(listener -> listener.left(this, conversation));
                return Boolean.TRUE;
            });
        }

        public void hangUp() {
            node.sessions.remove(this);
            node.onLoop(() -> {
                node.listeners.forEach(listener -> listener.ended(this));
                return Boolean.TRUE;
            });
        }
    }
}
