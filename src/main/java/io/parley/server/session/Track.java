package io.parley.server.session;

import io.parley.bus.Bus;
import io.parley.bus.Frame;
import io.parley.bus.Registration;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the hub knows of one conversation that has sessions on this node. */
final class Track {
    final UUID conversation;
    final Interest interest = new Interest();
    final Sequencer<Frame> order = new Sequencer<>();
    final Patience patience = new Patience();
    /** The journal says that there are versions up to this one; -1 as long as it has said nothing. */
    long expected = -1;

    boolean repairing;

    /** There may be more than has been heard of: what is known was old when listening began, or is only a part. */
    boolean unsure;

    /** The version with which everybody was put out of it; -1 as long as nobody was. */
    private long endedAt = -1;

    /** The sweep in which something was last heard of it. */
    int heardAt;

    /** At the address that the conversation has in the cluster while people are talking in it. */
    private @Nullable Registration listening;

    private Future<Void> known = Future.succeededFuture();

    Track(UUID conversation) {
        this.conversation = conversation;
    }

    /** Also true of one whose position is not known yet: the snapshot that will tell it may be older. */
    boolean lacking() {
        return unsure || order.gap() || order.position() < expected;
    }

    /** What goes to the loops now, up to this version, puts everybody out, or does not. */
    void delivered(long version, boolean ending) {
        if (ending) {
            endedAt = version;
        }
    }

    /** Whether whoever came in with this version was let in here, and not put out since. */
    boolean hasLetIn(long version) {
        return order.delivered(version) && version > endedAt;
    }

    /** Completes when all nodes know that this one listens to the conversation. */
    Future<Void> listen(Bus bus, Consumer<Frame> receive, Metrics metrics) {
        if (listening == null) {
            long begun = System.nanoTime();
            listening = bus.onFrame(conversation, receive);
            known = listening
                    .completed()
                    .onSuccess(told -> metrics.registered(System.nanoTime() - begun))
                    .onFailure(refused -> fallAsleep());
        }
        return known;
    }

    /** Listens no longer. */
    void fallAsleep() {
        if (listening != null) {
            var unused = listening.end();
            listening = null;
        }
    }
}
