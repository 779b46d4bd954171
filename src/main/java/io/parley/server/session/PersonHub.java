package io.parley.server.session;

import io.parley.bus.Bus;
import io.parley.bus.PersonalFrame;
import io.parley.server.NodeActions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The same as {@link ConversationHub} for what concerns one person: knows who has sessions on this node, puts
 * personal events into order by {@code userVersion} and asks for what is lacking. Lives on the hub's context.
 */
final class PersonHub {
    /** The next part of what does not fit into one answer; a timer takes no less. */
    private static final long NEXT_STEP_MS = 1;

    private static final long RETRY_MS = 1_000;

    private final Vertx vertx;
    private final Bus bus;
    private final Loops loops;
    private final Repairs repairs;
    private final int maxSessions;
    private final Gains gains;
    private final Map<UUID, Track> tracks = new HashMap<>();
    private final AtomicInteger sessions = new AtomicInteger();

    private static final class Track {
        final UUID tenant;
        final UUID user;
        /** Sessions, oldest first. */
        final LinkedHashMap<UUID, Opened> sessions = new LinkedHashMap<>(2);

        final Sequencer<PersonalFrame> order = new Sequencer<>();
        final Patience patience = new Patience();
        /** The journal says that there are versions up to this one; -1 as long as it has said nothing. */
        long expected = -1;

        boolean repairing;

        Track(UUID tenant, UUID user) {
            this.tenant = tenant;
            this.user = user;
        }

        /** The loops that have sessions of the person, each once. */
        IntStream loops() {
            return sessions.values().stream().mapToInt(Opened::loop).distinct();
        }

        boolean lacking() {
            return order.gap() || order.position() < expected;
        }
    }

    /** @param login with which the session was opened; null: with none */
    private record Opened(int loop, @Nullable UUID login) {}

    /** Hears of conversations that people have gained: {@link ConversationHub#adopt}. */
    interface Gains {
        void adopt(UUID user, HubActions.Stay stay, long userVersion);
    }

    PersonHub(Vertx vertx, Bus bus, Loops loops, Repairs repairs, int maxSessions, Gains gains) {
        this.vertx = vertx;
        this.bus = bus;
        this.loops = loops;
        this.repairs = repairs;
        this.maxSessions = maxSessions;
        this.gains = gains;
    }

    /**
     * A session of the person begins; beyond the limit his oldest is replaced.
     *
     * @param login with which it was opened; null: with none
     */
    void enter(UUID tenant, UUID user, UUID session, @Nullable UUID login, int loop) {
        Track track = tracks.computeIfAbsent(user, id -> new Track(tenant, id));
        track.sessions.put(session, new Opened(loop, login));
        sessions.incrementAndGet();
        if (track.sessions.size() > maxSessions) {
            Map.Entry<UUID, Opened> oldest = track.sessions.pollFirstEntry();
            sessions.decrementAndGet();
            loops.tell(oldest.getValue().loop(), its -> its.replace(user, oldest.getKey()));
        }
    }

    void leave(UUID user, UUID session) {
        Track track = tracks.get(user);
        if (track != null) {
            if (track.sessions.remove(session) != null) {
                sessions.decrementAndGet();
            }
            if (track.sessions.isEmpty()) {
                tracks.remove(user);
            }
        }
    }

    /** As {@link ConversationHub#startAt}. */
    boolean startAt(UUID user, long version) {
        Track track = tracks.get(user);
        if (track == null) {
            return true;
        }
        boolean covered = track.order.startAt(version, frame -> dispatch(track, frame));
        watch(track);
        return covered;
    }

    /** Called from any thread. */
    int sessions() {
        return sessions.get();
    }

    boolean present(UUID user) {
        return tracks.containsKey(user);
    }

    /** Somebody has come for the events of one of his sessions. */
    void take(UUID user, UUID session, Poll poll) {
        Track track = tracks.get(user);
        Opened opened = track == null ? null : track.sessions.get(session);
        if (opened == null) {
            poll.unknown();
        } else {
            loops.tell(opened.loop(), its -> its.take(session, poll));
        }
    }

    /** The loops on which the person has sessions. */
    void loops(UUID user, IntConsumer loop) {
        Track track = tracks.get(user);
        if (track != null) {
            track.loops().forEach(loop);
        }
    }

    /** The log-ins of which the person has sessions here. */
    NodeActions.Logins logins(NodeActions.LoginsOf asked) {
        Track track = tracks.get(asked.user());
        return new NodeActions.Logins(
                track == null || !track.tenant.equals(asked.tenant())
                        ? List.of()
                        : track.sessions.values().stream()
                                .map(Opened::login)
                                .filter(Objects::nonNull)
                                .distinct()
                                .toList());
    }

    /** An event from the bus. */
    void receive(PersonalFrame frame) {
        Track track = tracks.get(frame.user());
        if (track == null) {
            return;
        }
        if (frame.userVersion() == 0) {
            dispatch(track, frame);
            return;
        }
        if (track.order.offer(frame.userVersion(), frame, ready -> dispatch(track, ready))) {
            track.patience.renew();
        }
        watch(track);
    }

    /** The event of a joining may have been lost: whoever is told of it here must be in the conversation as well. */
    private void dispatch(Track track, PersonalFrame frame) {
        track.loops().forEach(loop -> loops.tell(loop, its -> its.deliver(frame)));
        PersonalFrame.Gained gained = frame.gained();
        if (gained != null) {
            HubActions.Stay stay =
                    new HubActions.Stay(gained.conversation(), gained.version(), gained.version(), gained.fromNumber());
            gains.adopt(track.user, stay, frame.userVersion());
        }
    }

    /** The journal says that a person's matters have come to this version. */
    void expect(UUID user, long version) {
        Track track = tracks.get(user);
        if (track != null && version > track.expected) {
            track.expected = version;
            watch(track);
        }
    }

    /** All who have sessions here, each with the position of his matters. */
    Map<HubActions.Person, Long> followed() {
        Map<HubActions.Person, Long> followed = HashMap.newHashMap(tracks.size());
        tracks.values()
                .forEach(
                        track -> followed.put(new HubActions.Person(track.tenant, track.user), track.order.position()));
        return followed;
    }

    /** What is known of all of them is void, and their sessions end. */
    void forget() {
        tracks.clear();
        sessions.set(0);
    }

    boolean complete() {
        return tracks.values().stream().noneMatch(Track::lacking);
    }

    private void watch(Track track) {
        if (track.order.known() && track.lacking() && !track.repairing) {
            track.repairing = true;
            track.patience.whenOver(vertx, () -> repairs.add(() -> repair(track)));
        }
    }

    private void repairAfter(Track track, long delayMs) {
        track.repairing = true;
        vertx.setTimer(delayMs, ignored -> repairs.add(() -> repair(track)));
    }

    private Future<?> repair(Track track) {
        if (!track.lacking() || tracks.get(track.user) != track) {
            track.repairing = false;
            return Future.succeededFuture();
        }
        long after = track.order.position();
        long expected = track.expected;
        return bus.ask(HubActions.PERSONAL_REPAIR, new HubActions.PersonalRepair(track.tenant, track.user, after))
                .onSuccess(found -> {
                    if (tracks.get(track.user) == track) {
                        apply(track, after, expected, found);
                    }
                    if (after < found.userVersion() && found.userVersion() < expected) {
                        repairAfter(track, NEXT_STEP_MS);
                    } else {
                        track.repairing = false;
                        watch(track);
                    }
                })
                .onFailure(cause -> {
                    repairs.failed("person " + track.user, cause);
                    repairAfter(track, RETRY_MS);
                });
    }

    private void apply(Track track, long after, long expected, HubActions.PersonalRepaired found) {
        if (found.userVersion() > track.order.position()) {
            track.loops().forEach(loop -> loops.tell(loop, its -> its.deliver(track.user, found)));
            found.stays().forEach(stay -> gains.adopt(track.user, stay, found.userVersion()));
            track.order.advanceTo(found.userVersion(), frame -> dispatch(track, frame));
        } else if (found.userVersion() <= after && expected == track.expected) {
            // The journal and the state do not agree: a restored backup. What is there now is the truth.
            track.expected = found.userVersion();
        }
    }
}
