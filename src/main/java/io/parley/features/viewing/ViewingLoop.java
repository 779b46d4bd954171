package io.parley.features.viewing;

import io.parley.bus.Action;
import io.parley.bus.Bus;
import io.parley.bus.Frame;
import io.parley.bus.Nothing;
import io.parley.bus.PresenceFrame;
import io.parley.features.contacts.ContactActions;
import io.parley.features.presence.Veils;
import io.parley.features.viewing.ViewingActions.Person;
import io.parley.features.viewing.ViewingActions.Persons;
import io.parley.features.viewing.ViewingActions.Right;
import io.parley.features.viewing.ViewingActions.Rights;
import io.parley.features.viewing.ViewingActions.Viewers;
import io.parley.server.session.Caller;
import io.parley.server.session.SessionListener;
import io.parley.support.AppError;
import io.parley.support.Json;
import io.parley.support.Metrics;
import io.parley.support.TokenBucket;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Viewing beside the sessions of one event loop: what each shows, and what each is told. */
final class ViewingLoop implements SessionListener {
    static final int MOST_WATCHED = 50;

    private static final long ROUND_MS = 250;
    private static final long ASK_AGAIN_MS = 3_000;
    private static final long RENEW_MS = TimeUnit.MINUTES.toMillis(1);
    private static final long PATIENCE_MS = 5_000;

    /** Each conversation that is not shown or watched yet is a question to PostgreSQL. */
    private static final TokenBucket.Rate QUESTIONS = TokenBucket.Rate.of(2 * MOST_WATCHED, 10);

    private final Metrics metrics;
    private final Map<UUID, TokenBucket> questions = new HashMap<>();

    /** What sessions want to show or to watch, while it is asked whether they may. */
    private final Map<UUID, UUID> toShow = new HashMap<>();

    private final Map<UUID, List<UUID>> toWatch = new HashMap<>();
    private Function<Persons, Future<Rights>> rights;
    private Scenes scenes;
    private Marks marks;
    private Screens screens;
    private Spectators spectators;

    @SuppressWarnings("NullAway.Init") // the rest is made in started(), before any session
    ViewingLoop(Metrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void started(Vertx vertx, Bus bus) {
        Veils veils = new Veils(ask(bus, ContactActions.BLOCKERS));
        rights = ask(bus, ViewingActions.RIGHTS);
        scenes = new Scenes(ask(bus, ViewingActions.NOTE), scene -> spectators.changed(scene), System::nanoTime);
        spectators = new Spectators(scenes, veils, metrics, System::nanoTime);
        marks = new Marks(rights, scenes, System::nanoTime);
        screens = new Screens(marks, metrics, System::nanoTime);
        vertx.setPeriodic(ROUND_MS, due -> round());
        vertx.setPeriodic(ASK_AGAIN_MS, due -> veils.askAgain());
        vertx.setPeriodic(RENEW_MS, due -> spectators.renewAll());
    }

    private static <I extends Record, O extends Record> Function<I, Future<O>> ask(Bus bus, Action<I, O> action) {
        return question -> bus.ask(action, question).timeout(PATIENCE_MS, TimeUnit.MILLISECONDS);
    }

    private void round() {
        screens.over().forEach(this::end);
        marks.round();
        scenes.round();
        spectators.tell();
    }

    /**
     * The session shows this conversation, or still does; null: none. What it has shown before has ended.
     *
     * @return fails with {@code not_found} when it may not
     */
    Future<Nothing> show(Caller session, @Nullable UUID conversation) {
        if (conversation != null && screens.renew(session, conversation)) {
            toShow.remove(session.session());
            return Future.succeededFuture(Nothing.NOTHING);
        }
        if (conversation == null) {
            toShow.remove(session.session());
            end(session);
            return Future.succeededFuture(Nothing.NOTHING);
        }
        require(session, 1);
        end(session);
        toShow.put(session.session(), conversation);
        long asOf = marks.doubts();
        return rights.apply(new Persons(List.of(person(session, conversation))))
                .map(found -> begin(session, conversation, found.people().getFirst(), asOf))
                .onFailure(refused -> toShow.remove(session.session(), conversation));
    }

    private Nothing begin(Caller session, UUID conversation, Right right, long asOf) {
        // Meanwhile it may have ended, or have gone on to something else.
        if (toShow.remove(session.session(), conversation)) {
            UUID root = requireIn(session, right);
            Scene scene = scenes.of(session.principal().tenant(), conversation, root);
            screens.begin(session, scene, right.shown(), asOf);
            spectators.shows(session, scene);
        }
        return Nothing.NOTHING;
    }

    /**
     * The session is told of these conversations, and of that which it shows.
     *
     * @return fails with {@code not_found} when it may not be told of one of them; then nothing has changed
     */
    Future<Nothing> watch(Caller session, List<UUID> conversations) {
        List<UUID> wanted = conversations.stream().distinct().toList();
        if (wanted.size() > MOST_WATCHED) {
            throw AppError.field("conversations", "length", "may be " + MOST_WATCHED + " at most");
        }
        require(session, Math.max(1, wanted.size()));
        toWatch.put(session.session(), wanted);
        return rights.apply(new Persons(
                        wanted.stream().map(one -> person(session, one)).toList()))
                .map(found -> watch(session, wanted, found.people()))
                .onFailure(refused -> toWatch.remove(session.session(), wanted));
    }

    private Nothing watch(Caller session, List<UUID> wanted, List<Right> found) {
        if (toWatch.remove(session.session(), wanted)) {
            List<UUID> roots = new ArrayList<>();
            found.forEach(right -> roots.add(requireIn(session, right)));
            Set<Scene> watched = new LinkedHashSet<>();
            for (int i = 0; i < wanted.size(); i++) {
                watched.add(scenes.of(session.principal().tenant(), wanted.get(i), roots.get(i)));
            }
            spectators.watches(session, watched);
        }
        return Nothing.NOTHING;
    }

    private static Person person(Caller session, UUID conversation) {
        return new Person(session.principal().tenant(), session.principal().user(), conversation);
    }

    /** The events of a conversation come, and its end is heard of, as long as the session is in its root. */
    private static UUID requireIn(Caller session, Right right) {
        UUID root = right.root();
        if (root == null || !session.isIn(root)) {
            throw AppError.notFound();
        }
        return root;
    }

    private void require(Caller session, int wanted) {
        long now = System.nanoTime();
        spectators.requireRoom(wanted);
        long wait = questions
                .computeIfAbsent(session.session(), id -> new TokenBucket(now))
                .take(QUESTIONS, wanted, now);
        if (wait > 0) {
            throw AppError.rateLimited(wait);
        }
    }

    private void end(Caller session) {
        if (screens.scene(session) != null) {
            screens.end(session);
            spectators.shows(session, null);
        }
    }

    @Override
    public void left(Caller session, UUID conversation) {
        Scene scene = screens.scene(session);
        if (scene != null && scene.root.equals(conversation)) {
            end(session);
        }
        spectators.left(session, conversation);
    }

    @Override
    public void asked(Frame frame) {
        scenes.heard(Json.decode(frame.bytes(), Viewers.class));
    }

    @Override
    public void presence(PresenceFrame frame) {
        frame.people().forEach(standing -> marks.doubt(standing.user()));
        frame.viewers().forEach(viewer -> {
            marks.doubt(viewer.user());
            spectators.renew(viewer.user());
        });
    }

    @Override
    public void ended(Caller session) {
        toShow.remove(session.session());
        toWatch.remove(session.session());
        questions.remove(session.session());
        end(session);
        spectators.watches(session, Set.of());
    }
}
