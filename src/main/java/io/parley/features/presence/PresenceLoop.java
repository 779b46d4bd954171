package io.parley.features.presence;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.bus.Action;
import io.parley.bus.Bus;
import io.parley.bus.PresenceFrame;
import io.parley.features.contacts.ContactActions;
import io.parley.features.presence.PresenceEvents.Seen;
import io.parley.server.session.Caller;
import io.parley.server.session.SessionListener;
import io.parley.support.AppError;
import io.parley.support.Config;
import io.parley.support.Metrics;
import io.parley.support.TokenBucket;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Presence beside the sessions of one event loop: reports them, and tells them of those whom they watch. */
final class PresenceLoop implements SessionListener {
    /** Commands that clients give by themselves: they do not show that anybody is there. */
    private static final Set<String> BY_THEMSELVES =
            Set.of("changes", "delivered", "presence.set", "presence.watch", "viewing", "viewing.watch");

    /** A presence verticle bounds its calls; one that is gone must not be waited for as long as the bus would. */
    private static final long PATIENCE_MS = 5_000;

    private static final TokenBucket.Rate SETTINGS = TokenBucket.Rate.of(10, 1);
    private static final long LONGEST_LOOK_MS = 10_000;

    private final Config.Presence config;
    private final Metrics metrics;
    private final TokenBucket.Rate watches;
    private final Map<UUID, TokenBucket> settings = new HashMap<>();
    private final Map<UUID, TokenBucket> watching = new HashMap<>();
    private Attendance attendance;
    private Watchers watchers;

    @SuppressWarnings("NullAway.Init") // the rest is made in started(), before any session
    PresenceLoop(Config.Presence config, Metrics metrics) {
        this.config = config;
        this.metrics = metrics;
        this.watches = TokenBucket.Rate.of(2 * config.watchLimit(), config.watchLimit() / 10.0);
    }

    @Override
    public void started(Vertx vertx, Bus bus) {
        Veils veils = new Veils(ask(bus, ContactActions.BLOCKERS));
        watchers = new Watchers(ask(bus, PresenceActions.STANDINGS), veils, config, metrics);
        attendance = new Attendance(
                ask(bus, PresenceActions.BEAT),
                ask(bus, PresenceActions.REPORT),
                watchers,
                config.awayAfterMs(),
                System::nanoTime);
        attendance.beat();
        vertx.setPeriodic(Attendance.BEAT_MS, due -> attendance.beat());
        vertx.setPeriodic(Math.min(LONGEST_LOOK_MS, config.awayAfterMs() / 10), due -> attendance.look());
        vertx.setPeriodic(Watchers.TELL_MS, due -> watchers.tell());
    }

    private static <I extends Record, O extends Record> Function<I, Future<O>> ask(Bus bus, Action<I, O> action) {
        return question -> bus.ask(action, question).timeout(PATIENCE_MS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void began(Caller session) {
        attendance.began(session);
    }

    @Override
    public void commanded(Caller session, String command, ObjectNode fields) {
        if (!BY_THEMSELVES.contains(command)) {
            attendance.active(session);
        }
    }

    @Override
    public void ended(Caller session) {
        attendance.ended(session);
        watchers.ended(session);
        settings.remove(session.session());
        watching.remove(session.session());
    }

    @Override
    public void presence(PresenceFrame frame) {
        watchers.changed(frame);
    }

    /** The person has said that he is there. */
    void online(Caller session) {
        attendance.active(session);
    }

    /** The device has said that nobody is before it. */
    void away(Caller session) {
        attendance.away(session);
    }

    /** Each setting is a write to the database. */
    void requireSetting(Caller session) {
        long now = System.nanoTime();
        require(settings.computeIfAbsent(session.session(), id -> new TokenBucket(now)), SETTINGS, 1, now);
    }

    /** Lists of any length may be told, but not one after the other without end: each person may be a question to Redis. */
    Future<List<Seen>> watch(Caller session, List<UUID> users, boolean adding) {
        long now = System.nanoTime();
        PresenceRules.requireLength(users.size(), config.watchLimit());
        TokenBucket bucket = watching.computeIfAbsent(session.session(), id -> new TokenBucket(now));
        require(bucket, watches, 1 + users.size(), now);
        return watchers.watch(session, users, adding);
    }

    private static void require(TokenBucket bucket, TokenBucket.Rate rate, int wanted, long now) {
        long wait = bucket.take(rate, wanted, now);
        if (wait > 0) {
            throw AppError.rateLimited(wait);
        }
    }
}
