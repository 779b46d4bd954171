package io.parley.features.typing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.bus.Bus;
import io.parley.bus.PresenceFrame;
import io.parley.features.typing.TypingActions.Notes;
import io.parley.features.typing.TypingActions.Room;
import io.parley.features.typing.TypingActions.Typing;
import io.parley.features.typing.TypingActions.Typist;
import io.parley.server.auth.Principal;
import io.parley.server.session.Caller;
import io.parley.server.session.SessionListener;
import io.parley.support.AppError;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * Typing beside the sessions of one event loop. It needs neither Redis nor a presence verticle: those are told, one
 * message under way, for those who ask over REST.
 */
final class TypingLoop implements SessionListener {
    private final int mostMembers;
    private final Metrics metrics;

    /** A session types in one place at a time. */
    private final Map<UUID, Typist> sessions = new HashMap<>();

    private Bus bus;
    private TypingBoard board;
    private RoomSizes sizes;
    private boolean noting;

    /** @param mostMembers in larger conversations typing is not told */
    @SuppressWarnings("NullAway.Init") // the rest is made in started(), before any session
    TypingLoop(int mostMembers, Metrics metrics) {
        this.mostMembers = mostMembers;
        this.metrics = metrics;
    }

    @Override
    public void started(Vertx vertx, Bus nodeBus) {
        bus = nodeBus;
        sizes = new RoomSizes(room -> nodeBus.ask(TypingActions.SIZE, room), System::nanoTime);
        board = new TypingBoard(
                nodeBus.events()::publish,
                this::note,
                over -> Future.succeededFuture(Set.of()),
                metrics,
                System::nanoTime);
        board.start(vertx);
    }

    private void note(List<Typing> notes) {
        if (!noting) {
            noting = true;
            bus.ask(TypingActions.NOTE, new Notes(notes)).onComplete(any -> noting = false);
        }
    }

    /** @return fails with {@code not_found} when the session is not in the conversation */
    Future<Void> typing(Caller session, UUID conversation, boolean active) {
        if (!session.isIn(conversation)) {
            return Future.failedFuture(AppError.notFound());
        }
        Principal who = session.principal();
        Typist typist = new Typist(who.tenant(), conversation, who.user());
        if (!active) {
            stop(session, typist);
            return Future.succeededFuture();
        }
        return sizes.of(new Room(who.tenant(), conversation, who.user())).map(size -> {
            if (size.members() <= mostMembers && !size.silent()) {
                begin(session, typist);
            }
            return null;
        });
    }

    private void begin(Caller session, Typist typist) {
        // It may have left or ended while the size was asked for.
        if (!session.isIn(typist.conversation())) {
            return;
        }
        Typist before = sessions.put(session.session(), typist);
        if (before != null && !before.equals(typist)) {
            board.stop(before);
        }
        board.type(typist);
    }

    private void stop(Caller session, Typist typist) {
        if (sessions.remove(session.session(), typist)) {
            board.stop(typist);
        }
    }

    @Override
    public void commanded(Caller session, String command, ObjectNode fields) {
        if (command.equals("message.send")) {
            Typist typist = sessions.get(session.session());
            if (typist != null
                    && typist.conversation()
                            .toString()
                            .equalsIgnoreCase(fields.path("conversation").asText())) {
                sessions.remove(session.session());
                board.sent(typist);
            }
        }
    }

    /** Of two people one has blocked the other, or does so no more. */
    @Override
    public void presence(PresenceFrame frame) {
        frame.viewers().stream()
                .map(PresenceFrame.Viewer::conversation)
                .filter(Objects::nonNull)
                .forEach(sizes::forget);
    }

    @Override
    public void ended(Caller session) {
        Typist typist = sessions.remove(session.session());
        if (typist != null) {
            board.stop(typist);
        }
    }
}
