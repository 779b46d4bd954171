package io.parley.server.session;

import io.parley.bus.Bus;
import io.parley.bus.Frame;
import io.parley.support.Metrics;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows for each conversation that has sessions on this node how far its events have come, puts what the bus brings
 * into order, asks for what is lacking, and hands everything to the loops that own the sessions. Lives on the hub's
 * context.
 */
final class ConversationHub {
    private static final Logger LOG = LoggerFactory.getLogger(ConversationHub.class);

    /** How long an event may be late before it is asked for. */
    private static final long PATIENCE_MS = 50;

    private static final long RETRY_MS = 1_000;

    /** The next step of a repair that takes several; a timer takes no less. */
    private static final long NEXT_STEP_MS = 1;

    private final Vertx vertx;
    private final Bus bus;
    private final List<SessionLoop> loops;
    private final PersonHub people;
    private final Metrics metrics;
    private final Map<UUID, Track> tracks = new HashMap<>();
    private final Set<Track> behind = new HashSet<>();
    private int sweep = 1;

    private static final class Track {
        final UUID conversation;
        final Interest interest;
        final Sequencer<Frame> order = new Sequencer<>();
        /** The journal says that there are versions up to this one; -1 as long as it has said nothing. */
        long expected = -1;

        boolean repairing;

        Track(UUID conversation, int loops) {
            this.conversation = conversation;
            this.interest = new Interest(loops);
        }

        /** Also true of one whose position is not known yet: the snapshot that will tell it may be older. */
        boolean lacking() {
            return order.gap() || order.position() < expected;
        }
    }

    ConversationHub(Vertx vertx, Bus bus, List<SessionLoop> loops, PersonHub people, Metrics metrics) {
        this.vertx = vertx;
        this.bus = bus;
        this.loops = loops;
        this.people = people;
        this.metrics = metrics;
    }

    /** A loop wants these from now on; nothing of them is delivered before {@link #startAt}. */
    void subscribe(int loop, Iterable<UUID> conversations) {
        conversations.forEach(conversation -> track(conversation).interest.grant(loop, sweep));
    }

    /** A snapshot read after {@link #subscribe} says that the conversation is at this version. */
    void startAt(UUID conversation, long version) {
        Track track = tracks.get(conversation);
        if (track != null && !track.order.known()) {
            track.order.advanceTo(version, frame -> dispatch(track, frame));
            watch(track);
        }
    }

    private Track track(UUID conversation) {
        return tracks.computeIfAbsent(conversation, id -> new Track(id, loops.size()));
    }

    /** An event from the bus. */
    void receive(Frame frame) {
        for (UUID user : frame.joining()) {
            if (people.present(user)) {
                Track track = track(frame.conversation());
                if (track.interest.none()) {
                    track.order.advanceTo(frame.version() - 1, earlier -> dispatch(track, earlier));
                }
                people.loops(user, loop -> track.interest.grant(loop, sweep));
            }
        }
        Track track = tracks.get(frame.conversation());
        if (track == null) {
            return;
        }
        if (frame.version() == 0) {
            track.interest.each(loop -> loops.get(loop).deliver(frame));
            return;
        }
        track.order.offer(frame.version(), frame, ready -> dispatch(track, ready));
        watch(track);
    }

    private void dispatch(Track track, Frame frame) {
        for (UUID user : frame.joining()) {
            people.loops(user, loop -> track.interest.grant(loop, sweep));
        }
        track.interest.each(loop -> loops.get(loop).deliver(frame));
    }

    /** The journal says that a conversation has come to this version. */
    void expect(UUID conversation, long version) {
        Track track = tracks.get(conversation);
        if (track != null && version > track.expected) {
            track.expected = version;
            watch(track);
        }
    }

    /** Whether everything that the journal has told of was delivered. */
    boolean complete() {
        return behind.isEmpty();
    }

    private void watch(Track track) {
        if (!track.lacking()) {
            behind.remove(track);
            return;
        }
        behind.add(track);
        if (track.order.known() && !track.repairing) {
            repairAfter(track, PATIENCE_MS);
        }
    }

    private void repairAfter(Track track, long delayMs) {
        track.repairing = true;
        vertx.setTimer(delayMs, ignored -> {
            if (track.lacking() && tracks.get(track.conversation) == track) {
                repair(track);
            } else {
                track.repairing = false;
                behind.remove(track);
            }
        });
    }

    private void repair(Track track) {
        long after = track.order.position();
        metrics.journalRepaired(1);
        bus.ask(HubActions.REPAIR, new HubActions.Repair(track.conversation, after))
                .onSuccess(found -> {
                    apply(track, after, found);
                    if (track.lacking()) {
                        repairAfter(track, found.version() > after ? NEXT_STEP_MS : RETRY_MS);
                    } else {
                        track.repairing = false;
                        behind.remove(track);
                    }
                })
                .onFailure(cause -> {
                    LOG.warn("repair of conversation {} failed: {}", track.conversation, cause.toString());
                    repairAfter(track, RETRY_MS);
                });
    }

    private void apply(Track track, long after, HubActions.Repaired found) {
        if (found.version() <= track.order.position()) {
            return;
        }
        for (UUID user : found.joined()) {
            people.loops(user, loop -> track.interest.grant(loop, sweep));
        }
        Range range = new Range(
                track.conversation,
                after,
                found.version(),
                found.lastNumber(),
                found.frame(),
                found.joined(),
                found.left());
        track.interest.each(loop -> loops.get(loop).deliver(range));
        track.order.advanceTo(found.version(), frame -> dispatch(track, frame));
    }

    /** Asks every loop which conversations it no longer uses and forgets those that nobody does. */
    void sweep() {
        int asked = sweep++;
        for (SessionLoop loop : loops) {
            loop.unused(unused -> unused.forEach(conversation -> release(conversation, loop.index(), asked)));
        }
    }

    private void release(UUID conversation, int loop, int asked) {
        Track track = tracks.get(conversation);
        if (track != null) {
            track.interest.release(loop, asked);
            if (track.interest.none()) {
                tracks.remove(conversation);
                behind.remove(track);
            }
        }
    }
}
