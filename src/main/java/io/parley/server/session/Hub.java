package io.parley.server.session;

import io.parley.bus.Bus;
import io.parley.bus.PresenceFrame;
import io.parley.server.NodeActions;
import io.parley.server.persistence.JournalReader;
import io.parley.support.Config;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The one per node through which all events reach the sessions. A verticle with a context of its own, on which all
 * its parts live; session loops talk to it by tasks for that context ({@link #tell}, {@link #ask}), and it to them
 * by tasks for theirs, so that each side sees what the other did in order.
 */
public final class Hub extends VerticleBase {
    static final long SWEEP_MS = 30_000;
    private static final long STALE_MS = 30_000;

    private final Config config;
    private final Bus bus;
    private final JournalReader journal;
    private final Metrics metrics;
    private final Loops loops = new Loops();
    private final Map<SessionLoop, Runnable> epochEnded = new HashMap<>();
    private volatile Parts parts;
    private Repairer repairer;

    /** What lives on the hub's context. */
    record Parts(ConversationHub conversations, PersonHub people, Admission admission) {}

    /** @param journal read to find what the bus has lost */
    @SuppressWarnings("NullAway.Init") // the parts are made in start(), on the hub's own context
    public Hub(Config config, Bus bus, JournalReader journal, Metrics metrics) {
        this.config = config;
        this.bus = bus;
        this.journal = journal;
        this.metrics = metrics;
    }

    @Override
    public Future<?> start() {
        Repairs repairs = new Repairs();
        PersonHub people = new PersonHub(
                vertx,
                bus,
                loops,
                repairs,
                config.session().maxSessionsPerUser(),
                (user, stay, userVersion) -> parts.conversations().adopt(user, stay, userVersion));
        ConversationHub conversations = new ConversationHub(vertx, bus, loops, repairs, people, metrics);
        parts = new Parts(conversations, people, new Admission(config.session()));
        repairer = new Repairer(
                vertx,
                journal,
                config.journal(),
                parts,
                new HeadComparison(bus, parts),
                loops,
                metrics,
                () -> epochEnded.values().forEach(Runnable::run));
        vertx.setPeriodic(SWEEP_MS, ignored -> conversations.sweep());
        return Future.all(
                        bus.onFrame(conversations::receive).completed(),
                        bus.onPersonalFrame(people::receive).completed(),
                        bus.answerAsNode(NodeActions.LOGINS, asked -> Future.succeededFuture(people.logins(asked)))
                                .completed(),
                        bus.onPresence(this::tellLoops).completed())
                .compose(ignored -> repairer.start());
    }

    private void tellLoops(PresenceFrame frame) {
        loops.tellAll(loop -> loop.deliver(frame));
    }

    @Override
    public Future<?> stop() {
        repairer.stop();
        return Future.succeededFuture();
    }

    /**
     * Adds a loop; before any session begins there. Completes on the caller's context.
     *
     * @param epochEnded done, on the hub's context, whenever an epoch has ended: what all sessions know is void
     */
    Future<Void> join(SessionLoop loop, Runnable epochEnded) {
        return ask(() -> {
            loops.add(loop);
            this.epochEnded.put(loop, epochEnded);
            return null;
        });
    }

    /** A loop goes, after its last session. */
    Future<Void> leave(SessionLoop loop) {
        return ask(() -> {
            loops.remove(loop);
            epochEnded.remove(loop);
            parts.conversations().left(loop);
            return null;
        });
    }

    /** The database's epoch as this node knows it; called from any thread, after the start. */
    UUID epoch() {
        return Objects.requireNonNull(repairer.epoch(), "the hub has not been started");
    }

    /** Does something on the hub's context, after everything told to it before by the same caller. */
    void tell(Consumer<Parts> task) {
        context.runOnContext(ignored -> task.accept(parts));
    }

    /** As {@link #tell}, with an answer; its handlers run on the caller's context. */
    <T> Future<T> ask(Supplier<T> task) {
        return request(() -> Future.succeededFuture(task.get()));
    }

    /** As {@link #ask}, for what takes its time. */
    <T> Future<T> request(Supplier<Future<T>> task) {
        Promise<T> answer = Promise.promise();
        var caller = vertx.getOrCreateContext();
        context.runOnContext(ignored -> Future.<Void>succeededFuture()
                .compose(begun -> task.get())
                .onComplete((result, failure) -> caller.runOnContext(back -> answer.complete(result, failure))));
        return answer.future();
    }

    /** Sessions on this node that have said who they are. Called from any thread. */
    public int sessions() {
        return parts == null ? 0 : parts.people().sessions();
    }

    /** Milliseconds since the journal was last read; called from any thread, after the start. */
    public long silence() {
        return repairer.silence();
    }

    /** Fails when the journal has not been read for so long that losses of the bus would go unnoticed. */
    public Future<Void> current() {
        return repairer.silence() < STALE_MS
                ? Future.succeededFuture()
                : Future.failedFuture("the journal has not been read for " + repairer.silence() + " ms");
    }

    /**
     * A session begins with this state of a person, read after it subscribed. On the hub's context.
     *
     * @return false when others have begun with a newer one, so that it must be read again
     */
    boolean startAt(UUID user, HubActions.AccountHeads account) {
        boolean covered = parts.people().startAt(user, account.userVersion());
        for (HubActions.Head head : account.heads()) {
            covered &= parts.conversations().startAt(head.conversation(), head.lastVersion());
        }
        return covered;
    }

    Parts parts() {
        return parts;
    }
}
