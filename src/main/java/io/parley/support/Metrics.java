package io.parley.support;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Every figure that a node tells of itself, made in this one place and listed with its meaning in
 * {@code docs/metrics.md}. One object a node; all methods may be called on any thread and cost well under a
 * microsecond.
 *
 * <p>Tags take enums and names that the code or the contract fixes, never what a caller sent: each new value is a new
 * series in the monitoring system.
 */
public final class Metrics implements AutoCloseable {
    private static final Duration[] LATENCY = millis(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000);
    private static final double[] SIZES = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000};

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics garbage = new JvmGcMetrics();

    private final LongAdder sessions = gauge("parley.sessions", "Sessions that have said hello");
    private final LongAdder outboundBytes =
            gauge("parley.outbound.bytes", "bytes", "Written for sockets and not yet taken by the network");
    private final LongAdder httpConnections = gauge("parley.http.connections", "Open connections for REST");
    private final LongAdder hashQueue = gauge("parley.hash.queue", "Passwords that wait to be hashed");
    private final AtomicLong fenceLagMs = value(
            "parley.journal.fence.lag",
            "seconds",
            1000,
            "Age of the oldest change that followers of the journal cannot see yet");
    private final AtomicLong journalRows =
            value("parley.journal.rows", null, 1, "Rows that the journal keeps, by the database's statistics");
    private final AtomicLong journalAgeMs =
            value("parley.journal.age", "seconds", 1000, "Age of the oldest row that the journal keeps");
    private final Map<String, FollowerLag> followers = new ConcurrentHashMap<>();
    private final AtomicLong busLagMs =
            value("parley.bus.lag", "seconds", 1000, "How far the slowest other node is behind in hearing this one");
    private final AtomicLong nodes = value("parley.nodes", null, 1, "Nodes that are there, this one among them");
    private final Timer registrations =
            timer("parley.bus.registrations", "Until all nodes know that this one listens to a conversation");

    private final Counter messages = counter("parley.messages", "Messages committed");
    private final Counter deliveries = counter("parley.deliveries", "Frames of conversations written to sockets");
    private final Counter repairs =
            counter("parley.journal.repairs", "Changes that the bus lost and the journal brought");
    private final Counter epochsEnded = counter("parley.epochs.ended", "Times that the database was not what it was");
    private final Timer delivery = timer("parley.delivery", "From commit to the write to a socket, on the same node");
    /** Series are looked up by their tags alone: to build one anew for each command costs as much as the command. */
    private final Map<Outcome, Timer> commands = new ConcurrentHashMap<>();

    private final Map<Outcome, Timer> requests = new ConcurrentHashMap<>();
    private final Map<String, DistributionSummary> batchSizes = new ConcurrentHashMap<>();

    private final Map<Enum<?>, LongAdder> sessionsByKind = new ConcurrentHashMap<>();

    private record FollowerLag(AtomicLong ms, AtomicLong rows) {}

    private record Outcome(String of, String outcome) {}

    private final LongAdder watched =
            gauge("parley.presence.watched", "Pairs of a session and a person whom it watches");
    private final Counter discoveryHashes =
            counter("parley.discovery.hashes", "Hashes of numbers and addresses looked for");
    private final Counter discoveryLimited = counter(
            "parley.discovery.limited", "Questions for people refused, because the person had asked for enough");
    private final Counter presenceChanges = counter("parley.presence.changes", "Changes of presence published");
    private final Counter presenceExpired =
            counter("parley.presence.expired", "Groups of sessions whose node has gone silent");
    private final Counter typingFrames = counter("parley.typing.frames", "Frames that tell who is typing");
    private final LongAdder screens = gauge("parley.viewing.screens", "Sessions that show a conversation");
    private final Counter viewingFrames =
            counter("parley.viewing.frames", "Events that told a session who shows a conversation");
    private final Counter redisUnanswered =
            counter("parley.redis.unanswered", "Calls for presence, typing and viewing that Redis did not answer");

    private final Map<String, Timer> previews = new ConcurrentHashMap<>();
    private final Counter previewsDropped =
            counter("parley.previews.dropped", "Messages without previews because too many waited");

    private final Counter messagesExpired = counter("parley.messages.expired", "Messages that have disappeared");
    private final AtomicLong expiryLagMs = value(
            "parley.expiry.lag", "seconds", 1000, "How long a message has been due to disappear, when last looked");

    private final Timer loopLag = timer("parley.event.loop.lag", "How late an event loop ran a task");

    public Metrics() {
        nodes.set(1);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        garbage.bindTo(registry);
    }

    /** @param kind what it is held over */
    public void sessionOpened(Enum<?> kind) {
        sessions.increment();
        sessionsOf(kind).increment();
    }

    /** @param reason why it ended */
    public void sessionClosed(Enum<?> kind, Enum<?> reason) {
        sessions.decrement();
        sessionsOf(kind).decrement();
        counter("parley.sessions.closed", "Sessions that ended", "reason", tag(reason))
                .increment();
    }

    private LongAdder sessionsOf(Enum<?> kind) {
        return sessionsByKind.computeIfAbsent(
                kind,
                some -> gauge("parley.sessions.held", null, "Sessions by what they are held over", "kind", tag(some)));
    }

    /**
     * A request for the event stream was answered; it may have waited as long as its caller wanted.
     *
     * @param operation an operationId of the contract, or a fixed word for what is none
     */
    public void eventRequest(String operation, int status) {
        counter(
                        "parley.event.requests",
                        "Requests for event streams, polls and tickets",
                        "operation",
                        operation,
                        "status",
                        Integer.toString(status))
                .increment();
    }

    public void messagesCommitted(int count) {
        messages.increment(count);
    }

    /**
     * A frame of a conversation was written to the sockets of one event loop.
     *
     * @param sockets how many
     * @param nanos since the frame was made, counted once for all of them
     */
    public void delivered(int sockets, long nanos) {
        deliveries.increment(sockets);
        delivery.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** @param bytes that now wait for sockets, negative when they have been taken */
    public void outbound(long bytes) {
        outboundBytes.add(bytes);
    }

    /** @param change its kind, a constant of the code */
    public void batch(String change, int size) {
        batchSizes
                .computeIfAbsent(
                        change,
                        kind -> DistributionSummary.builder("parley.batch.size")
                                .description("Changes written by one call to the database")
                                .serviceLevelObjectives(SIZES)
                                .tag("change", kind)
                                .register(registry))
                .record(size);
    }

    /** A batch was refused for its data and is tried again in halves. */
    public void batchHalved(String change) {
        counter("parley.batch.halved", "Batches refused for their data", "change", change)
                .increment();
    }

    /**
     * A command of a session was answered.
     *
     * @param command a type of the contract, or a fixed word for what is none
     * @param outcome {@code ok} or an error code
     */
    public void command(String command, String outcome, long nanos) {
        commands.computeIfAbsent(
                        new Outcome(command, outcome),
                        of -> latency("parley.commands", "From a command's arrival to the write of its reply")
                                .tags("command", of.of(), "outcome", of.outcome())
                                .register(registry))
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    public void fenceLag(long ms) {
        fenceLagMs.set(ms);
    }

    public void busLag(long ms) {
        busLagMs.set(ms);
    }

    /** @param count with this one */
    public void nodes(int count) {
        nodes.set(count);
    }

    /** A conversation's own address is known to all nodes. */
    public void registered(long nanos) {
        registrations.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** @param rows about so many are kept, the oldest of this age */
    public void journalKept(long rows, double ageSeconds) {
        journalRows.set(rows);
        journalAgeMs.set(Math.round(ageSeconds * 1000));
    }

    /**
     * @param follower a name fixed by the code
     * @param seconds age of the first row that it has not worked off
     * @param rows how many those are, counted up to a bound
     */
    public void followerLag(String follower, double seconds, long rows) {
        FollowerLag lag = followers.computeIfAbsent(follower, this::followerLag);
        lag.ms().set(Math.round(seconds * 1000));
        lag.rows().set(rows);
    }

    private FollowerLag followerLag(String follower) {
        return new FollowerLag(
                value(
                        "parley.follower.lag",
                        "seconds",
                        1000,
                        "Of what a follower has still to do",
                        "follower",
                        follower),
                value("parley.follower.rows", null, 1, "Rows that a follower has still to do", "follower", follower));
    }

    /** A follower was left behind and makes its work anew. */
    public void followerRebuilt(String follower) {
        counter("parley.follower.rebuilds", "Times that a follower made its work anew", "follower", follower)
                .increment();
    }

    /** The database is not what it was, and all sessions of this node read anew. */
    public void epochEnded() {
        epochsEnded.increment();
    }

    public void journalRepaired(int changes) {
        repairs.increment(changes);
    }

    public void loopLate(long nanos) {
        loopLag.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** @param delta 1 for a connection that opened, -1 for one that closed */
    public void httpConnections(int delta) {
        httpConnections.add(delta);
    }

    /** @param operation an operationId of the contract, or a fixed word for what is none */
    public void request(String operation, int status, long nanos) {
        requests.computeIfAbsent(
                        new Outcome(operation, Integer.toString(status)),
                        of -> latency("parley.http.requests", "REST requests")
                                .tags("operation", of.of(), "status", of.outcome())
                                .register(registry))
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    /** @param reason why, as far as we know and the caller does not */
    public void loginFailed(Enum<?> reason) {
        counter("parley.login.failures", "Log-ins refused", "reason", tag(reason))
                .increment();
    }

    /** @param reason why, other than by time or with the account */
    public void loginsEnded(Enum<?> reason, int count) {
        counter("parley.logins.ended", "Log-ins that ended", "reason", tag(reason))
                .increment(count);
    }

    /** @param delta 1 for a password that came, -1 for one whose turn it is */
    public void hashQueue(int delta) {
        hashQueue.add(delta);
    }

    /** @param hashes that somebody has looked for */
    public void discovered(int hashes) {
        discoveryHashes.increment(hashes);
    }

    /** Somebody has looked for more than he may. */
    public void discoveryLimited() {
        discoveryLimited.increment();
    }

    /** @param limit by which something was refused */
    public void limited(Enum<?> limit) {
        counter("parley.limits.refused", "What was refused because somebody asked for too much", "limit", tag(limit))
                .increment();
    }

    /** @param pairs of a session and a person whom it now watches, negative when it no longer does */
    public void watched(int pairs) {
        watched.add(pairs);
    }

    public void presenceChanged(int people) {
        presenceChanges.increment(people);
    }

    public void presenceExpired() {
        presenceExpired.increment();
    }

    public void typingTold(int frames) {
        typingFrames.increment(frames);
    }

    /** @param sessions that now show a conversation, negative when they no longer do */
    public void screens(int sessions) {
        screens.add(sessions);
    }

    public void viewingTold(int sessions) {
        viewingFrames.increment(sessions);
    }

    public void redisUnanswered() {
        redisUnanswered.increment();
    }

    /** @param outcome what came of asking a link */
    public void previewFetched(Enum<?> outcome, long nanos) {
        previews.computeIfAbsent(
                        tag(outcome),
                        of -> latency("parley.previews.fetches", "Fetches of links for their previews")
                                .tag("outcome", of)
                                .register(registry))
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    /** @param reason why a link is not asked */
    public void previewRefused(Enum<?> reason) {
        counter("parley.previews.refused", "Links that were not asked for a preview", "reason", tag(reason))
                .increment();
    }

    /** Messages get no preview, because too many wait. */
    public void previewsDropped(int messages) {
        previewsDropped.increment(messages);
    }

    public void messagesExpired(int messages) {
        messagesExpired.increment(messages);
    }

    /** @param ms for which the oldest of those that are due has waited */
    public void expiryLag(long ms) {
        expiryLagMs.set(ms);
    }

    /** For what measures itself, such as Vert.x with its pools. */
    public MeterRegistry registry() {
        return registry;
    }

    /** All figures in the text format of Prometheus. */
    public String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        garbage.close();
        registry.close();
    }

    private LongAdder gauge(String name, String meaning) {
        return gauge(name, null, meaning);
    }

    private LongAdder gauge(String name, @Nullable String unit, String meaning, String... tags) {
        LongAdder value = new LongAdder();
        Supplier<Number> reader = value::sum;
        Gauge.builder(name, reader)
                .baseUnit(unit)
                .description(meaning)
                .tags(tags)
                .register(registry);
        return value;
    }

    /** @param unit how many of the value make one of what is told */
    private AtomicLong value(String name, @Nullable String baseUnit, double unit, String meaning, String... tags) {
        AtomicLong value = new AtomicLong();
        Gauge.builder(name, () -> value.get() / unit)
                .baseUnit(baseUnit)
                .description(meaning)
                .tags(tags)
                .register(registry);
        return value;
    }

    private Counter counter(String name, String meaning, String... tags) {
        return Counter.builder(name).description(meaning).tags(tags).register(registry);
    }

    private Timer timer(String name, String meaning) {
        return latency(name, meaning).register(registry);
    }

    private static Timer.Builder latency(String name, String meaning) {
        return Timer.builder(name).description(meaning).serviceLevelObjectives(LATENCY);
    }

    private static Duration[] millis(long... values) {
        Duration[] result = new Duration[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = Duration.ofMillis(values[i]);
        }
        return result;
    }

    private static String tag(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
