package io.parley.features.receipts;

import io.parley.bus.Nothing;
import io.parley.features.receipts.ReceiptActions.Sent;
import io.parley.server.Feature;
import io.parley.server.contract.OperationHost;
import io.parley.server.persistence.PersistenceHost;
import io.parley.server.session.SessionHost;
import io.parley.support.Config;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Objects;

/** Receipts: what they hand to each host. */
public final class ReceiptsFeature implements Feature {
    private static final int MOST_CALLERS = 50_000;
    private static final int MOST_RUNS = 20_000;

    private final Config config;

    public ReceiptsFeature(Config config) {
        this.config = config;
    }

    @Override
    public void persistence(PersistenceHost host) {
        int liveMembers = config.limits().receiptsLiveMembers();
        Vertx vertx = Objects.requireNonNull(Vertx.currentContext(), "not on a verticle's context")
                .owner();
        MarkStore store = new MarkStore(host.database(), liveMembers);
        ReceiptPublisher publisher = new ReceiptPublisher(host.bus(), liveMembers);
        MarkWriter writer = new MarkWriter(vertx, MOST_CALLERS, store::advance, publisher::moved);
        OwnMarks own = new OwnMarks(vertx, MOST_RUNS, store::advanceOwn);
        host.answerInLane(ReceiptActions.MARK, writer::mark);
        host.answerInLane(ReceiptActions.SENT, message -> remember(own, message));
        host.answer(ReceiptActions.LIST, new ReceiptStore(host.database())::list);
    }

    private static Future<Nothing> remember(OwnMarks own, Sent message) {
        own.sent(message);
        return Future.succeededFuture(Nothing.NOTHING);
    }

    @Override
    public void operations(OperationHost host) {
        ReceiptRoutes.mount(host);
    }

    @Override
    public void session(SessionHost host) {
        ReceiptCommands.mount(host);
    }
}
