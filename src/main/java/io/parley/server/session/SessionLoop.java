package io.parley.server.session;

import io.parley.bus.Frame;
import io.parley.bus.PersonalFrame;
import io.parley.bus.PresenceFrame;
import io.parley.support.Metrics;
import io.vertx.core.Context;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The sessions of one event loop by conversation and by person. What the hub hands over arrives here as tasks of the
 * loop, in the hub's order. All methods but those marked as the hub's run on the loop.
 */
final class SessionLoop {
    private final int index;
    private final Context context;
    private final Hub hub;
    private final Metrics metrics;
    private final Map<UUID, Room> rooms = new HashMap<>();
    private final Map<UUID, List<Session>> people = new HashMap<>();

    /** Rooms that have lost their last session, and what was delivered for nobody; told at the next sweep. */
    private Set<UUID> emptied = new HashSet<>();

    private final Polls polls = new Polls();
    private SessionListener listener = new SessionListeners();
    private long deliveries;
    private long fence;
    private long completions;

    SessionLoop(int index, Context context, Hub hub, Metrics metrics) {
        this.index = index;
        this.context = context;
        this.hub = hub;
        this.metrics = metrics;
    }

    /** Before any session begins. */
    void listen(SessionListener all) {
        listener = all;
    }

    SessionListener listener() {
        return listener;
    }

    int index() {
        return index;
    }

    Polls polls() {
        return polls;
    }

    /** Called by the hub. */
    void deliver(Frame frame) {
        context.runOnContext(ignored -> onFrame(frame));
    }

    /** Called by the hub. */
    void deliver(Range range) {
        context.runOnContext(ignored -> onRange(range));
    }

    /** Called by the hub. */
    void deliver(PersonalFrame frame) {
        context.runOnContext(ignored -> onPersonal(frame));
    }

    /** Called by the hub. */
    void deliver(PresenceFrame frame) {
        context.runOnContext(ignored -> listener.presence(frame));
    }

    /** Called by the hub. */
    void deliver(UUID user, HubActions.PersonalRepaired found) {
        context.runOnContext(ignored -> onPersonalRepair(user, found));
    }

    /** Called by the hub: the person is in a conversation as of this version of it and of his own. */
    void admit(UUID user, HubActions.Stay stay, long userVersion) {
        context.runOnContext(ignored -> sessions(user)
                .forEach(session -> session.join(
                        stay.conversation(), stay.since(), stay.version(), stay.fromNumber(), userVersion)));
    }

    /** Called by the hub: the session has given way to a newer one of the same person. */
    void replace(UUID user, UUID session) {
        context.runOnContext(ignored -> List.copyOf(sessions(user)).stream()
                .filter(one -> one.id().equals(session))
                .forEach(one -> one.close(CloseCode.REPLACED)));
    }

    /** Called by the hub: somebody has come for the events of a session that is, or was, on this loop. */
    void take(UUID session, Poll poll) {
        context.runOnContext(ignored -> polls.take(session, poll));
    }

    /** Called by the hub: everything below this transaction was delivered to this loop. */
    void complete(long completeFence) {
        context.runOnContext(ignored -> {
            fence = completeFence;
            completions++;
        });
    }

    /** Called by the hub: which rooms are empty; the answer runs on the hub's context. */
    void unused(Consumer<List<UUID>> answer) {
        context.runOnContext(ignored -> {
            List<UUID> unused = new ArrayList<>();
            for (UUID conversation : emptied) {
                Room room = rooms.get(conversation);
                if (room != null && room.subscriptions.isEmpty()) {
                    rooms.remove(conversation);
                }
                if (!rooms.containsKey(conversation)) {
                    unused.add(conversation);
                }
            }
            emptied = new HashSet<>();
            hub.tell(parts -> answer.accept(unused));
        });
    }

    private void onFrame(Frame frame) {
        frame.leaving()
                .forEach(user ->
                        sessions(user).forEach(session -> session.leave(frame.conversation(), frame.version())));
        frame.joining()
                .forEach(one -> sessions(one.user())
                        .forEach(session -> session.join(
                                frame.conversation(),
                                frame.version(),
                                frame.version() - 1,
                                frame.lastNumber() + 1,
                                one.userVersion())));
        Room room = rooms.get(frame.conversation());
        if (room == null) {
            // The hub let this loop in for a session that had ended meanwhile.
            emptied.add(frame.conversation());
            return;
        }
        Frame.Passing passing = frame.passing();
        if (passing != null && passing.asked()) {
            listener.asked(frame);
            return;
        }
        TextFrame event = TextFrame.of(frame.bytes());
        if (frame.ending()) {
            end(room, frame.version(), frame.lastNumber(), event);
            return;
        }
        if (passing != null) {
            for (int i = room.subscriptions.size() - 1; i >= 0; i--) {
                Subscription subscription = room.subscriptions.get(i);
                if (subscription.mayRead(frame.oldest())) {
                    subscription.session.deliverPassing(passing, event);
                }
            }
            return;
        }
        TextFrame unread = toWhoMayNotRead(frame.conversation(), frame.version(), frame.oldest(), event);
        int receivers = 0;
        for (int i = room.subscriptions.size() - 1; i >= 0; i--) {
            Subscription subscription = room.subscriptions.get(i);
            if (!frame.readReceipt() || subscription.session.getsReadReceipts()) {
                receivers += subscription.session.deliver(
                        subscription, frame.version(), subscription.mayRead(frame.oldest()) ? event : unread);
            }
        }
        progressed(room, frame.version(), frame.lastNumber());
        if (receivers > 0 && frame.madeAtNanos() != 0) {
            metrics.delivered(receivers, System.nanoTime() - frame.madeAtNanos());
        }
    }

    /** What those get in place of an event for whom a message of it is too old. */
    private TextFrame toWhoMayNotRead(UUID conversation, long version, long oldest, TextFrame event) {
        return oldest == 0 ? event : Replies.missed(conversation, version, hub.epoch());
    }

    /** The conversation has ended: all sessions get that as the last of it. */
    private void end(Room room, long version, long lastNumber, TextFrame event) {
        for (Subscription subscription : List.copyOf(room.subscriptions)) {
            subscription.session.deliverLast(subscription, version, event);
        }
        progressed(room, version, lastNumber);
    }

    private void onRange(Range range) {
        Set<UUID> back = range.joined().stream().map(Frame.Joining::user).collect(Collectors.toSet());
        range.out().stream()
                .filter(user -> !back.contains(user))
                .forEach(user ->
                        sessions(user).forEach(session -> session.leave(range.conversation(), range.version())));
        // Whoever came in between may not see what was before him: his client reads what he may see.
        TextFrame anew = TextFrame.of(range.anew());
        for (Frame.Joining one : range.joined()) {
            for (Session session : List.copyOf(sessions(one.user()))) {
                session.joinAnew(
                        range.conversation(), range.version(), range.lastNumber() + 1, one.userVersion(), anew);
            }
        }
        Room room = rooms.get(range.conversation());
        if (room != null) {
            TextFrame event = TextFrame.of(range.frame());
            if (range.ending()) {
                end(room, range.version(), range.lastNumber(), event);
                return;
            }
            TextFrame unread = toWhoMayNotRead(range.conversation(), range.version(), range.oldest(), event);
            for (int i = room.subscriptions.size() - 1; i >= 0; i--) {
                Subscription subscription = room.subscriptions.get(i);
                subscription.session.deliver(
                        subscription, range.version(), subscription.mayRead(range.oldest()) ? event : unread);
            }
            progressed(room, range.version(), range.lastNumber());
        } else {
            emptied.add(range.conversation());
        }
    }

    private void progressed(Room room, long version, long lastNumber) {
        if (version > 0) {
            room.version = Math.max(room.version, version);
            room.lastNumber = Math.max(room.lastNumber, lastNumber);
            room.deliveredAt = ++deliveries;
        }
    }

    private void onPersonal(PersonalFrame frame) {
        TextFrame event = TextFrame.of(frame.bytes());
        for (Session session : List.copyOf(sessions(frame.user()))) {
            if (frame.readReceipts() != null) {
                session.readReceipts(frame.userVersion(), frame.readReceipts());
            }
            session.deliverPersonal(frame.userVersion(), event);
            session.closeIf(frame.closing());
        }
    }

    private void onPersonalRepair(UUID user, HubActions.PersonalRepaired found) {
        TextFrame event = TextFrame.of(found.frame());
        for (Session session : List.copyOf(sessions(user))) {
            session.readReceipts(found.userVersion(), found.readReceipts());
            session.deliverPersonal(found.userVersion(), event);
            session.closeIf(found.closing());
        }
    }

    /** The room of a conversation, made when it is not there. */
    Room room(UUID conversation) {
        return rooms.computeIfAbsent(conversation, Room::new);
    }

    /** A room has lost a session. */
    void left(Room room) {
        if (room.subscriptions.isEmpty()) {
            emptied.add(room.conversation);
        }
    }

    private List<Session> sessions(UUID user) {
        return people.getOrDefault(user, List.of());
    }

    void enter(UUID user, Session session) {
        people.computeIfAbsent(user, ignored -> new ArrayList<>(1)).add(session);
    }

    void leave(UUID user, Session session) {
        people.computeIfPresent(user, (ignored, sessions) -> {
            sessions.remove(session);
            return sessions.isEmpty() ? null : sessions;
        });
    }

    /** Count of deliveries so far; what a room got after a given count is new since then. */
    long deliveries() {
        return deliveries;
    }

    /** Everything below this transaction was delivered here; 0 before the first reading of the journal. */
    long fence() {
        return fence;
    }

    /** Count of the readings of the journal after which nothing was lacking. */
    long completions() {
        return completions;
    }
}
