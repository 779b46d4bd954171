package io.parley.features.typing;

import io.parley.bus.Nothing;
import io.parley.features.typing.TypingActions.Notes;
import io.parley.features.typing.TypingActions.Typing;
import io.parley.server.Feature;
import io.parley.server.contract.OperationHost;
import io.parley.server.persistence.PersistenceHost;
import io.parley.server.presence.PresenceHost;
import io.parley.server.session.SessionHost;
import io.parley.support.Config;
import io.parley.support.Metrics;
import io.vertx.core.Future;

/** Typing: what it hands to each host. */
public final class TypingFeature implements Feature {
    private final int mostMembers;
    private final Metrics metrics;

    /** Typing is told where receipts are: above {@code limits.receiptsLiveMembers} nobody could follow it. */
    public TypingFeature(Config config, Metrics metrics) {
        this.mostMembers = config.limits().receiptsLiveMembers();
        this.metrics = metrics;
    }

    @Override
    public void persistence(PersistenceHost host) {
        host.answer(TypingActions.SIZE, new RoomStore(host.database())::size);
    }

    @Override
    public void presence(PresenceHost host) {
        TypingStore store = new TypingStore(host.redis());
        TypingBoard board = new TypingBoard(
                host.bus().events()::publish,
                notes -> store.note(new Notes(notes)),
                store::alive,
                metrics,
                System::nanoTime);
        board.start(host.vertx());
        host.answer(TypingActions.TYPE, typing -> type(board, typing));
        host.answer(TypingActions.NOTE, store::note);
        host.answer(TypingActions.LIST, store::list);
    }

    private static Future<Nothing> type(TypingBoard board, Typing typing) {
        if (typing.active()) {
            board.type(typing.typist());
        } else {
            board.stop(typing.typist());
        }
        return Future.succeededFuture(Nothing.NOTHING);
    }

    @Override
    public void operations(OperationHost host) {
        TypingRoutes.mount(host, mostMembers);
    }

    @Override
    public void session(SessionHost host) {
        TypingCommands.mount(host, new TypingLoop(mostMembers, metrics));
    }
}
