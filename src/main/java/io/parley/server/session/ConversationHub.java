package io.parley.server.session;

import io.parley.bus.Awake;
import io.parley.bus.Bus;
import io.parley.bus.Frame;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Knows for each conversation that has sessions on this node how far its events have come, puts what the bus brings
 * into order, asks for what is lacking, and hands everything to the loops that own the sessions. Lives on the hub's
 * context.
 */
final class ConversationHub {
    private static final long RETRY_MS = 1_000;

    /** A cluster that cannot register an address soon will not do it at all for a while. */
    private static final long REGISTRATION_MS = 2_000;

    private static final long LISTEN_SWEEPS = TimeUnit.MINUTES.toMillis(Awake.LISTEN_MINUTES) / Hub.SWEEP_MS;

    /** The next step of a repair that takes several; a timer takes no less. */
    private static final long NEXT_STEP_MS = 1;

    private final Vertx vertx;
    private final Bus bus;
    private final Loops loops;
    private final Repairs repairs;
    private final PersonHub people;
    private final Metrics metrics;
    private final Map<UUID, Track> tracks = new HashMap<>();
    private final Set<Track> behind = new HashSet<>();
    private int sweep = 1;

    ConversationHub(Vertx vertx, Bus bus, Loops loops, Repairs repairs, PersonHub people, Metrics metrics) {
        this.vertx = vertx;
        this.bus = bus;
        this.loops = loops;
        this.repairs = repairs;
        this.people = people;
        this.metrics = metrics;
    }

    /**
     * A loop wants these from now on; nothing of them is delivered before {@link #startAt}.
     *
     * @param awake those in which people have been talking of late
     * @return completes when this node hears of them, whichever node it happens on, or when waiting for that is no use
     */
    Future<Void> subscribe(int loop, List<UUID> conversations, List<UUID> awake) {
        conversations.forEach(conversation -> track(conversation).interest.grant(loop, sweep));
        List<Future<Void>> registering = awake.stream()
                .map(conversation -> listen(track(conversation)))
                .filter(known -> !known.isComplete())
                .toList();
        return registering.isEmpty() ? Future.succeededFuture() : patiently(Future.join(registering));
    }

    /** What is not heard until then is found in the journal. */
    private static Future<Void> patiently(Future<?> registered) {
        return registered
                .timeout(REGISTRATION_MS, TimeUnit.MILLISECONDS)
                .<Void>mapEmpty()
                .otherwiseEmpty();
    }

    private Future<Void> listen(Track track) {
        track.heardAt = sweep;
        return track.listen(bus, this::receive, metrics);
    }

    /**
     * A snapshot read after {@link #subscribe} says that the conversation is at this version.
     *
     * @return false when others have begun with a newer one: what lies between is not delivered
     */
    boolean startAt(UUID conversation, long version) {
        Track track = tracks.get(conversation);
        return track == null || startAt(track, version);
    }

    private boolean startAt(Track track, long version) {
        boolean covered = track.order.startAt(version, frame -> dispatch(track, frame));
        watch(track);
        return covered;
    }

    /**
     * A person is in a conversation, as his own events tell. When his joining was delivered here, that did the same in
     * its place, unless the conversation has ended since; else his sessions are put into the conversation now, and all
     * that is newer is delivered.
     *
     * @param userVersion the person's version as of which it is so
     */
    void adopt(UUID user, HubActions.Stay stay, long userVersion) {
        Track track = track(stay.conversation());
        if (track.hasLetIn(stay.since())) {
            return;
        }
        people.loops(user, loop -> {
            track.interest.grant(loop, sweep);
            loops.tell(loop, its -> its.admit(user, stay, userVersion));
        });
        if (track.order.known()) {
            track.order.goBackTo(stay.version());
            watch(track, this::repairAtOnce);
        } else {
            begin(track, stay.version());
        }
    }

    /** Nobody followed it so far: events may have passed unheard, and are looked for as soon as somebody listens. */
    private void begin(Track track, long version) {
        track.unsure = true;
        track.repairing = true;
        startAt(track, version);
        patiently(listen(track)).onComplete(listening -> repairAtOnce(track));
    }

    private Track track(UUID conversation) {
        return tracks.computeIfAbsent(conversation, Track::new);
    }

    /** An event from the bus. */
    void receive(Frame frame) {
        if (frame.joining().stream().anyMatch(joining -> people.present(joining.user()))) {
            Track joined = track(frame.conversation());
            if (!joined.order.known()) {
                begin(joined, frame.version() - 1);
            }
        }
        Track track = tracks.get(frame.conversation());
        if (track == null) {
            return;
        }
        if (bus.clustered()) {
            var unused = listen(track);
        }
        if (frame.version() == 0) {
            track.interest.each(loop -> loops.tell(loop, its -> its.deliver(frame)));
            return;
        }
        if (track.order.offer(frame.version(), frame, ready -> dispatch(track, ready))) {
            track.patience.renew();
        }
        watch(track);
    }

    private void dispatch(Track track, Frame frame) {
        letIn(track, frame.joining());
        track.interest.each(loop -> loops.tell(loop, its -> its.deliver(frame)));
        track.delivered(frame.version(), frame.ending());
    }

    private void letIn(Track track, List<Frame.Joining> joining) {
        joining.forEach(one -> people.loops(one.user(), loop -> track.interest.grant(loop, sweep)));
    }

    /** The journal says that a conversation has come to this version. */
    void expect(UUID conversation, long version) {
        Track track = tracks.get(conversation);
        if (track != null && version > track.expected) {
            track.expected = version;
            watch(track);
        }
    }

    /** All that somebody here wants, each with its position. */
    Map<UUID, Long> followed() {
        Map<UUID, Long> followed = HashMap.newHashMap(tracks.size());
        tracks.forEach((conversation, track) -> followed.put(conversation, track.order.position()));
        return followed;
    }

    /** What is known of all of them is void. */
    void forget() {
        tracks.values().forEach(Track::fallAsleep);
        tracks.clear();
        behind.clear();
    }

    /** Whether everything that the journal has told of was delivered. */
    boolean complete() {
        return behind.isEmpty();
    }

    private void watch(Track track) {
        watch(track, this::repairIfItStays);
    }

    private void watch(Track track, Consumer<Track> repair) {
        if (!track.lacking()) {
            behind.remove(track);
            return;
        }
        behind.add(track);
        if (track.order.known() && !track.repairing) {
            repair.accept(track);
        }
    }

    private void repairIfItStays(Track track) {
        track.repairing = true;
        track.patience.whenOver(vertx, () -> repairs.add(() -> repair(track)));
    }

    private void repairAtOnce(Track track) {
        repairAfter(track, NEXT_STEP_MS);
    }

    private void repairAfter(Track track, long delayMs) {
        track.repairing = true;
        vertx.setTimer(delayMs, ignored -> repairs.add(() -> repair(track)));
    }

    private Future<?> repair(Track track) {
        if (!track.lacking() || tracks.get(track.conversation) != track) {
            track.repairing = false;
            behind.remove(track);
            return Future.succeededFuture();
        }
        long after = track.order.position();
        return bus.ask(HubActions.REPAIR, new HubActions.Repair(track.conversation, after))
                .onSuccess(found -> {
                    if (tracks.get(track.conversation) != track) {
                        return;
                    }
                    apply(track, after, found);
                    boolean wentBack = track.order.position() < after;
                    if (found.version() <= after && track.lacking() && !wentBack) {
                        repairAfter(track, RETRY_MS);
                    } else {
                        track.repairing = false;
                        watch(track, found.more() || wentBack ? this::repairAtOnce : this::repairIfItStays);
                    }
                })
                .onFailure(cause -> {
                    repairs.failed("conversation " + track.conversation, cause);
                    repairAfter(track, RETRY_MS);
                });
    }

    private void apply(Track track, long after, HubActions.Repaired found) {
        if (after > track.order.position()) {
            return; // it has gone back meanwhile, and what lies between was not asked for
        }
        track.unsure = found.more();
        if (found.version() <= track.order.position()) {
            return;
        }
        metrics.journalRepaired(1);
        letIn(track, found.joined());
        Range range = new Range(
                track.conversation,
                after,
                found.version(),
                found.lastNumber(),
                found.frame(),
                found.joined(),
                found.out(),
                found.anew(),
                found.ending(),
                found.oldest());
        track.interest.each(loop -> loops.tell(loop, its -> its.deliver(range)));
        track.delivered(found.version(), found.ending());
        track.order.advanceTo(found.version(), frame -> dispatch(track, frame));
    }

    /** Asks every loop which conversations it no longer uses and forgets those that nobody does. */
    void sweep() {
        int asked = sweep++;
        tracks.values().stream()
                .filter(track -> asked - track.heardAt > LISTEN_SWEEPS)
                .forEach(Track::fallAsleep);
        loops.tellAll(loop ->
                loop.unused(unused -> unused.forEach(conversation -> release(conversation, loop.index(), asked))));
    }

    /** The loop has gone, and wants nothing any more. */
    void left(SessionLoop loop) {
        List.copyOf(tracks.keySet()).forEach(conversation -> release(conversation, loop.index(), sweep));
    }

    private void release(UUID conversation, int loop, int asked) {
        Track track = tracks.get(conversation);
        if (track != null) {
            track.interest.release(loop, asked);
            if (track.interest.none()) {
                tracks.remove(conversation);
                behind.remove(track);
                track.fallAsleep();
            }
        }
    }
}
