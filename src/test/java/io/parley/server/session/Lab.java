package io.parley.server.session;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.parley.bus.Action;
import io.parley.bus.Bus;
import io.parley.bus.Closing;
import io.parley.bus.Frame;
import io.parley.bus.PersonalFrame;
import io.parley.server.auth.Principal;
import io.parley.server.persistence.JournalReader;
import io.parley.server.persistence.Rows;
import io.parley.support.Config;
import io.parley.support.ConfigLoader;
import io.parley.support.Ids;
import io.parley.support.Metrics;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** The session host without sockets and without a database: hub, loops and bus are real, what they ask for is scripted. */
final class Lab implements AutoCloseable {
    static final UUID TENANT = new UUID(0, 1);

    static final UUID EPOCH = new UUID(7, 7);

    /** By so many parameters a reading of the journal is known. */
    private static final int READING = 5;

    /** Journal readings come this often. */
    static final long POLL_MS = 50;

    final Vertx vertx = Vertx.vertx();
    final Bus bus = Bus.alone(vertx, 1);
    final Config config;
    final Metrics metrics = new Metrics();
    final Hub hub;
    final List<SessionLoop> loops = new ArrayList<>();
    /** How often a loop was told that the epoch had ended. */
    final AtomicInteger sentAway = new AtomicInteger();

    private final List<Context> contexts = new ArrayList<>();
    private final Map<UUID, Written> journal = new ConcurrentHashMap<>();
    private final Map<UUID, Written> personalJournal = new ConcurrentHashMap<>();
    private volatile long fence = 1;
    private volatile Era era = new Era(EPOCH, 1, 0, true);

    /** What the database is, as the journal tells. */
    record Era(UUID epoch, long number, long dropped, boolean witnessed, String started) {
        Era(UUID epoch, long number, long dropped, boolean witnessed) {
            this(epoch, number, dropped, witnessed, "noon");
        }
    }

    /** The last row of a conversation or person, and the transaction that wrote it. */
    private record Written(long version, long transaction) {
        Written newer(Written other) {
            return version > other.version ? this : other;
        }
    }

    Lab(int loops) {
        this(loops, true);
    }

    /** @param repair whether the journal is compared with what the hub has delivered */
    Lab(int loops, boolean repair) {
        config = ConfigLoader.load(
                null,
                Map.of(
                        "PARLEY_JOURNAL_POLLMS",
                        "" + POLL_MS,
                        "PARLEY_JOURNAL_REPAIR",
                        "" + repair,
                        "PARLEY_SESSION_MAXSESSIONSPERUSER",
                        "2"));
        hub = new Hub(config, bus, new JournalReader(Rows.client(this::query)), metrics);
        await(vertx.deployVerticle(hub));
        for (int i = 0; i < loops; i++) {
            await(vertx.deployVerticle(this::start));
        }
    }

    private Future<Void> start(Context context) {
        SessionLoop loop = new SessionLoop(loops.size(), context, hub, metrics);
        loops.add(loop);
        contexts.add(context);
        return hub.join(loop, sentAway::incrementAndGet);
    }

    private Future<RowSet<Row>> query(Tuple parameters) {
        if (parameters.size() == 1 && parameters.getValue(0) instanceof UUID seen) {
            endEpoch(seen);
        }
        // Of the five of JournalReader.since the last is the youngest transaction that was read.
        return Future.succeededFuture(rows(parameters.size() == READING ? parameters.getLong(4) + 1 : 0));
    }

    private synchronized void endEpoch(UUID seen) {
        if (seen.equals(era.epoch())) {
            era = new Era(UUID.randomUUID(), era.number() + 1_000, era.dropped(), true);
        }
    }

    Era era() {
        return era;
    }

    synchronized void era(Era now) {
        era = now;
    }

    private RowSet<Row> rows(long since) {
        // Before what it stands for: a fence must not promise what was not read.
        long now = fence;
        UUID[] conversations = written(journal, since);
        UUID[] people = written(personalJournal, since);
        Era what = era;
        return Rows.of(
                        "epoch",
                        "number",
                        "dropped",
                        "witnessed",
                        "started",
                        "running",
                        "at",
                        "fence",
                        "newest",
                        "id",
                        "xid",
                        "tenants",
                        "roots",
                        "conversations",
                        "from_versions",
                        "to_versions",
                        "user_tenants",
                        "users",
                        "user_versions")
                .row(
                        what.epoch(),
                        what.number(),
                        what.dropped(),
                        what.witnessed(),
                        what.started(),
                        new Long[] {},
                        OffsetDateTime.MIN,
                        now,
                        now,
                        1L,
                        now - 1,
                        tenants(conversations),
                        conversations,
                        conversations,
                        versions(conversations, journal),
                        versions(conversations, journal),
                        tenants(people),
                        people,
                        versions(people, personalJournal));
    }

    private static UUID[] tenants(UUID[] ids) {
        UUID[] tenants = ids.clone();
        Arrays.fill(tenants, TENANT);
        return tenants;
    }

    private static UUID[] written(Map<UUID, Written> journal, long since) {
        return journal.entrySet().stream()
                .filter(row -> row.getValue().transaction() >= since)
                .map(Map.Entry::getKey)
                .toArray(UUID[]::new);
    }

    private static Long[] versions(UUID[] ids, Map<UUID, Written> journal) {
        return Arrays.stream(ids).map(id -> journal.get(id).version()).toArray(Long[]::new);
    }

    /** The journal tells from now on, and for ever, that a conversation has come to this version. */
    void journal(UUID conversation, long version) {
        journal(conversation, version, Long.MAX_VALUE);
    }

    /** The journal tells of it as long as the fence is not above the transaction. */
    void journal(UUID conversation, long version, long transaction) {
        journal.merge(conversation, new Written(version, transaction), Written::newer);
    }

    /** The same of a person. */
    void personalJournal(UUID user, long version) {
        personalJournal(user, version, Long.MAX_VALUE);
    }

    void personalJournal(UUID user, long version, long transaction) {
        personalJournal.merge(user, new Written(version, transaction), Written::newer);
    }

    void fence(long value) {
        fence = value;
    }

    <I extends Record, O extends Record> void answer(Action<I, O> action, Function<I, Future<O>> answer) {
        await(bus.answer(action, answer).completed());
    }

    static <T> T await(Future<T> future) {
        try {
            return future.await(10, SECONDS);
        } catch (TimeoutException late) {
            throw new IllegalStateException(late);
        }
    }

    private static <T> T on(Context context, Supplier<T> task) {
        Promise<T> done = Promise.promise();
        context.runOnContext(ignored ->
                Future.<T>future(promise -> promise.complete(task.get())).onComplete(done));
        return await(done.future());
    }

    /** Does something on a loop and waits until what came of it has been written at the end of the turn. */
    <T> T onLoop(int loop, Supplier<T> task) {
        T result = on(contexts.get(loop), task);
        return on(contexts.get(loop), () -> result);
    }

    void onLoop(int loop, Runnable task) {
        onLoop(loop, () -> {
            task.run();
            return Boolean.TRUE;
        });
    }

    /** Does something on the hub's context and waits until loops and hub have done what came of it. */
    void onHub(Consumer<Hub.Parts> task) {
        await(hub.ask(() -> {
            task.accept(hub.parts());
            return Boolean.TRUE;
        }));
        settle();
    }

    /** What was told before has been done: hub to loops, loops to hub, hub to loops. */
    void settle() {
        for (int turn = 0; turn < 2; turn++) {
            await(hub.ask(() -> Boolean.TRUE));
            for (int i = 0; i < loops.size(); i++) {
                onLoop(i, () -> {});
            }
        }
    }

    Context context(int loop) {
        return contexts.get(loop);
    }

    /** A session that nobody has entered yet. */
    Guest guest(int loop) {
        return new Guest(this, loop);
    }

    /** One session with a socket that is no socket. */
    static final class Guest {
        final Wire wire = new Wire();
        final List<CloseCode> closed = new CopyOnWriteArrayList<>();
        final Session session;
        private final Lab lab;
        private final int loop;

        Guest(Lab lab, int loop) {
            this.lab = lab;
            this.loop = loop;
            Outbox outbox = new SocketOutbox(
                    wire.channel(),
                    WebSocketFraming.SINGLE,
                    new Flusher(lab.context(loop)),
                    lab.config.session().outboundBytes(),
                    () -> close(CloseCode.TOO_SLOW));
            session = new Session(Ids.next(), lab.loops.get(loop), lab.bus, outbox, this::close);
        }

        void close(CloseCode code) {
            closed.add(code);
            session.end();
        }

        /** What has arrived, in order. */
        List<String> received() {
            return wire.written();
        }

        /** Enters as a person and is in the conversations from the given version on, without any of the usual questions. */
        Guest in(UUID user, long version, UUID... conversations) {
            return in(new Principal(TENANT, user, Instant.MAX), version, conversations);
        }

        /** The same, with a token that says more than who it is. */
        Guest in(Principal who, long version, UUID... conversations) {
            lab.onLoop(loop, () -> {
                session.enter(who, null);
                for (UUID conversation : conversations) {
                    session.join(conversation, 0, version, 1, 0);
                }
                session.begin();
            });
            lab.onHub(parts -> {
                parts.people()
                        .enter(TENANT, who.user(), session.id(), who.origin().login(), loop);
                parts.conversations().subscribe(loop, List.of(conversations), List.of());
            });
            return this;
        }

        /** The connection ends, without waiting for what comes of it. */
        void close(CloseCode code, UUID user) {
            lab.onLoop(loop, () -> close(code));
            lab.hub.tell(parts -> parts.people().leave(user, session.id()));
        }

        void ping() {
            lab.context(loop).runOnContext(ignored -> {
                if (session.isReady() && closed.isEmpty()) {
                    session.pong("ping");
                }
            });
        }

        /** The connection ends. */
        void leave() {
            lab.onLoop(loop, session::end);
            lab.onHub(parts -> parts.people().leave(session.principal().user(), session.id()));
        }
    }

    static Frame event(UUID conversation, long version) {
        return event(conversation, version, List.of(), List.of());
    }

    /** An event whose bytes are its version. */
    static Frame event(UUID conversation, long version, List<UUID> joining, List<UUID> leaving) {
        return new Frame(conversation, version, version, joining(joining), leaving, Buffer.buffer("e" + version), 0);
    }

    /** After all that their sessions began with. */
    static List<Frame.Joining> joining(List<UUID> users) {
        return users.stream()
                .map(user -> new Frame.Joining(user, Long.MAX_VALUE))
                .toList();
    }

    static PersonalFrame personal(UUID user, long version) {
        return new PersonalFrame(user, version, false, Buffer.buffer("p" + version));
    }

    static PersonalFrame gained(UUID user, long userVersion, UUID conversation, long version) {
        PersonalFrame.Gained gained = new PersonalFrame.Gained(conversation, version, 1);
        return new PersonalFrame(user, userVersion, Closing.NONE, gained, Buffer.buffer("p" + userVersion));
    }

    /** What the database says of the changes in (after, version]. */
    static HubActions.Repaired changes(long after, long version) {
        return changes(after, version, List.of(), List.of());
    }

    static HubActions.Repaired changes(long after, long version, List<UUID> joined, List<UUID> out) {
        Buffer frame = Buffer.buffer("changes " + after + "-" + version);
        return new HubActions.Repaired(
                version, version, false, frame, joining(joined), out, Buffer.buffer("anew " + version));
    }

    @Override
    public void close() {
        await(vertx.close());
        metrics.close();
    }
}
