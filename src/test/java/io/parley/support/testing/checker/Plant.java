package io.parley.support.testing.checker;

import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A bug that a server could have, planted into a right run.
 *
 * @param expected the invariant that it must be found by
 */
record Plant(String name, Invariant expected, Change change) {
    /** The run with the bug; empty when nothing in this run lends itself to it. */
    interface Change {
        Optional<Model.Run> into(Model.Run run, Random random);
    }

    static List<Plant> all() {
        return List.of(
                new Plant(
                        "acknowledged before a commit that failed", Invariant.ACKED_IS_STORED, StoredPlants::loseAcked),
                new Plant("stored content changed", Invariant.ACKED_IS_STORED, StoredPlants::changeStored),
                new Plant("stored twice", Invariant.STORED_ONCE, StoredPlants::storeTwice),
                new Plant("gap in numbers", Invariant.DENSE, StoredPlants::skipNumber),
                new Plant("version that is nothing", Invariant.DENSE, StoredPlants::skipVersion),
                new Plant("nobody sent it", Invariant.HONEST_OUTCOME, StoredPlants::forge),
                new Plant("unread off by one", Invariant.UNREAD, StoredPlants::miscount),
                new Plant("mark went back", Invariant.UNREAD, StoredPlants::moveMarkBack),
                new Plant("wrong ack number", Invariant.ACKED_IS_STORED, SeenPlants::misnumberAck),
                new Plant("repeated send got a second number", Invariant.STORED_ONCE, SeenPlants::ackTwice),
                new Plant("refused but stored", Invariant.HONEST_OUTCOME, SeenPlants::refuseStored),
                new Plant("pipeline reordered", Invariant.SENDER_ORDER, SeenPlants::reorderPipeline),
                new Plant("event dropped", Invariant.IN_ORDER, SeenPlants::dropEvent),
                new Plant("last event dropped", Invariant.COMPLETE, SeenPlants::dropLastEvent),
                new Plant("events swapped", Invariant.IN_ORDER, SeenPlants::swapEvents),
                new Plant("event twice", Invariant.IN_ORDER, SeenPlants::doubleEvent),
                new Plant("head went back", Invariant.IN_ORDER, SeenPlants::lowerHead),
                new Plant("delivered content changed", Invariant.CONTENT, SeenPlants::changeDelivered),
                new Plant("delivered but not stored", Invariant.CONTENT, SeenPlants::deliverPhantom),
                new Plant("range leaves out a message", Invariant.COMPLETE, SeenPlants::thinRange),
                new Plant("page leaves out a message", Invariant.COMPLETE, SeenPlants::thinPage),
                new Plant("removed person gets the removal", Invariant.MEMBERS_ONLY, SeenPlants::deliverAfterRemoval),
                new Plant("stranger gets an event", Invariant.MEMBERS_ONLY, SeenPlants::deliverToStranger),
                new Plant("stranger reads a page", Invariant.MEMBERS_ONLY, SeenPlants::pageForStranger),
                new Plant("stranger is told a head", Invariant.MEMBERS_ONLY, SeenPlants::headForStranger),
                new Plant("personal event dropped", Invariant.PERSONAL_ORDER, SeenPlants::dropPersonal),
                new Plant("last personal event dropped", Invariant.PERSONAL_ORDER, SeenPlants::dropLastPersonal),
                new Plant("personal event twice", Invariant.PERSONAL_ORDER, SeenPlants::doublePersonal),
                new Plant("two nodes gave one number", Invariant.DENSE, NodePlants::numberTwice),
                new Plant("two nodes gave one version", Invariant.DENSE, NodePlants::versionTwice),
                new Plant("a node has another order", Invariant.CONTENT, NodePlants::otherOrder),
                new Plant("a node loses a range", Invariant.IN_ORDER, NodePlants::loseRange),
                new Plant("a node never tells a member", Invariant.COMPLETE, NodePlants::neverTold));
    }

    @Override
    public String toString() {
        return name;
    }
}
