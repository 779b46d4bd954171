package io.parley.features.viewing;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.bus.Bus;
import io.parley.features.contacts.ContactActions;
import io.parley.features.contacts.ContactActions.BlockedBy;
import io.parley.features.presence.Veils;
import io.parley.features.viewing.ViewingActions.Note;
import io.parley.features.viewing.ViewingActions.Noted;
import io.parley.features.viewing.ViewingActions.Notes;
import io.parley.features.viewing.ViewingActions.Right;
import io.parley.features.viewing.ViewingActions.Rights;
import io.parley.features.viewing.ViewingActions.Viewers;
import io.parley.server.auth.Principal;
import io.parley.server.session.Caller;
import io.parley.support.AppError;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** What one event loop does for viewing, with a clock, a Redis, rights and blocks that the test makes. */
final class Stage implements AutoCloseable {
    static final UUID TENANT = new UUID(0, 1);

    private static final long LIFE_NANOS = TimeUnit.MILLISECONDS.toNanos(ViewerStore.LIFE_MS);

    final Metrics metrics = new Metrics();
    final Set<UUID> hidden = new HashSet<>();
    final Map<UUID, Set<UUID>> blockers = new HashMap<>();
    final Scenes scenes = new Scenes(this::note, scene -> this.spectators.changed(scene), () -> this.now);
    final Spectators spectators = new Spectators(scenes, new Veils(this::veils), metrics, () -> this.now);
    final Marks marks = new Marks(this::rights, scenes, () -> this.now);
    final Screens screens = new Screens(marks, metrics, () -> this.now);
    final List<Notes> notes = new ArrayList<>();

    /** Redis: who shows what, until when, in the order in which they came. */
    private final Map<UUID, Map<UUID, Long>> redis = new HashMap<>();

    long now;
    boolean redisGone;
    boolean answersLost;
    boolean databaseGone;
    int questions;

    Session session(UUID user) {
        return new Session(user);
    }

    void show(Session session, UUID conversation) {
        if (!screens.renew(session, conversation)) {
            end(session);
            Scene scene = scenes.of(TENANT, conversation, conversation);
            screens.begin(session, scene, !hidden.contains(session.user), marks.doubts());
            spectators.shows(session, scene);
        }
    }

    void watch(Session session, UUID... conversations) {
        Set<Scene> watched = new HashSet<>();
        for (UUID conversation : conversations) {
            watched.add(scenes.of(TENANT, conversation, conversation));
        }
        spectators.watches(session, watched);
    }

    void end(Session session) {
        if (screens.scene(session) != null) {
            screens.end(session);
            spectators.shows(session, null);
        }
    }

    /** As the event loop does four times a second. */
    void round() {
        screens.over().forEach(session -> end((Session) session));
        marks.round();
        scenes.round();
        spectators.tell();
    }

    void pass(long ms) {
        for (long passed = 0; passed < ms; passed += 250) {
            now += TimeUnit.MILLISECONDS.toNanos(250);
            round();
        }
    }

    /** Somebody on another node comes or goes. */
    void elsewhere(UUID user, UUID conversation, boolean here) {
        if (here) {
            people(conversation).put(user, Long.MAX_VALUE);
        } else {
            people(conversation).remove(user);
        }
    }

    /** The bus brings how it is now. */
    void publish(UUID conversation) {
        scenes.heard(viewers(conversation));
    }

    Set<UUID> inRedis(UUID conversation) {
        Map<UUID, Long> people = people(conversation);
        people.values().removeIf(endsAt -> endsAt <= now);
        return people.keySet();
    }

    private Map<UUID, Long> people(UUID conversation) {
        return redis.computeIfAbsent(conversation, id -> new LinkedHashMap<>());
    }

    Viewers viewers(UUID conversation) {
        Set<UUID> all = inRedis(conversation);
        return new Viewers(
                conversation,
                TimeUnit.NANOSECONDS.toMicros(now),
                all.size(),
                all.stream().limit(ViewerStore.NAMED).toList());
    }

    private Future<Noted> note(Notes asked) {
        notes.add(asked);
        if (redisGone) {
            return Future.failedFuture(AppError.unavailable("Redis is away"));
        }
        for (Note note : asked.notes()) {
            Map<UUID, Long> people = people(note.conversation());
            note.here().forEach(user -> people.put(user, now + LIFE_NANOS));
            note.gone().forEach(people::remove);
        }
        return answersLost
                ? Future.failedFuture(AppError.unavailable("The answer is lost"))
                : Future.succeededFuture(new Noted(asked.notes().stream()
                        .map(note -> viewers(note.conversation()))
                        .toList()));
    }

    private Future<Rights> rights(ViewingActions.Persons asked) {
        questions++;
        return databaseGone
                ? Future.failedFuture(AppError.unavailable("The database is away"))
                : Future.succeededFuture(new Rights(asked.people().stream()
                        .map(person -> new Right(person.conversation(), !hidden.contains(person.user())))
                        .toList()));
    }

    private Future<ContactActions.Blockers> veils(ContactActions.People asked) {
        return Future.succeededFuture(new ContactActions.Blockers(asked.people().stream()
                .map(person ->
                        new BlockedBy(List.copyOf(blockers.getOrDefault(person.user(), Set.of())), false, List.of()))
                .toList()));
    }

    @Override
    public void close() {
        metrics.close();
    }

    /** A session without a socket. */
    static final class Session implements Caller {
        final UUID user;
        private final UUID id = Ids.next();
        final List<JsonNode> told = new ArrayList<>();
        boolean slow;

        Session(UUID user) {
            this.user = user;
        }

        @Override
        public Principal principal() {
            return new Principal(TENANT, user, Instant.MAX);
        }

        @Override
        public UUID session() {
            return id;
        }

        @Override
        public Bus bus() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isIn(UUID conversation) {
            return true;
        }

        @Override
        public boolean offer(Buffer event) {
            if (!slow) {
                told.add(Json.parse(event.getBytes()));
            }
            return !slow;
        }

        int count() {
            return told.getLast().path("count").asInt(-1);
        }

        List<UUID> users() {
            return told.getLast()
                    .path("users")
                    .valueStream()
                    .map(user -> UUID.fromString(user.asText()))
                    .toList();
        }
    }
}
