package io.parley.bus;

import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends events to the nodes that have sessions for them. An event that is lost on its way is found again in the
 * journal. Called from any thread.
 */
public final class Events {
    private static final long SWEEP_MS = 60_000;

    private final EventBus bus;
    private final boolean clustered;
    private final Awake awake = new Awake();
    private final int addressesAbove;
    private volatile boolean cautious;
    private volatile boolean many = true;

    Events(Vertx vertx, int addressesAbove) {
        this.bus = vertx.eventBus();
        this.clustered = vertx.isClustered();
        this.addressesAbove = addressesAbove;
        if (clustered) {
            vertx.setPeriodic(SWEEP_MS, ignored -> awake.sweep(System.nanoTime()));
        }
    }

    /** Events go to sessions of this node only, as long as another one is far behind in taking them. */
    public void cautious(boolean behind) {
        cautious = behind;
    }

    /** So many nodes are there: as long as they are few, all get all events of conversations. */
    void nodes(int present) {
        many = present > addressesAbove;
    }

    /** Sends an event of a conversation to every node that has sessions in it. */
    public void publish(Frame frame) {
        publish(List.of(frame));
    }

    /** Sends events, in their order, to every node that has sessions in their conversations. */
    public void publish(List<Frame> frames) {
        List<Frame> toAll = clustered ? publishAtAddresses(frames) : frames;
        if (!toAll.isEmpty()) {
            bus.publish(Address.CONVERSATIONS, new Frames(toAll), options(FramesCodec.NAME));
        }
    }

    /** @return those that have no address of their own, or none that serves */
    private List<Frame> publishAtAddresses(List<Frame> frames) {
        List<Frame> others = new ArrayList<>(frames.size());
        long now = System.nanoTime();
        for (Frame frame : frames) {
            boolean settled = awake.published(frame, now);
            // Whoever joins may be on a node that has had nobody in the conversation so far.
            if (many && settled && frame.joining().isEmpty()) {
                bus.publish(Address.conversation(frame.conversation()), frame, options(FrameCodec.NAME));
            } else {
                others.add(frame);
            }
        }
        return others;
    }

    /** Sends an event to every node that may have sessions of this person. */
    public void publish(PersonalFrame frame) {
        bus.publish(Address.PERSONAL, frame, options(PersonalFrameCodec.NAME));
    }

    /** Sends changes of presence to every node that has sessions. May be lost: whoever watches asks now and then. */
    public void publish(PresenceFrame frame) {
        bus.publish(Address.PRESENCE, frame, options(RecordCodec.NAME));
    }

    private DeliveryOptions options(String codec) {
        return new DeliveryOptions().setLocalOnly(!clustered || cautious).setCodecName(codec);
    }
}
