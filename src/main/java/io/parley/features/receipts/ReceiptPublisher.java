package io.parley.features.receipts;

import io.parley.bus.Bus;
import io.parley.bus.Frame;
import io.parley.bus.PersonalFrame;
import io.parley.features.receipts.ReceiptActions.MarkUpTo;
import io.vertx.core.buffer.Buffer;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** Tells of marks that have moved: the person's own sessions of read marks, and in small conversations everybody. */
final class ReceiptPublisher {
    private final Bus bus;
    private final int liveMembers;

    /** @param liveMembers in conversations with more members receipts are asked for, not told */
    ReceiptPublisher(Bus bus, int liveMembers) {
        this.bus = bus;
        this.liveMembers = liveMembers;
    }

    private record Move(MarkUpTo mark, MarkStore.Moved to) {
        long userVersion() {
            return Objects.requireNonNullElse(to.userVersion(), 0L);
        }
    }

    /** Both lists are in the same order. */
    void moved(List<MarkUpTo> marks, List<MarkStore.Moved> results) {
        IntStream.range(0, marks.size())
                .mapToObj(i -> new Move(marks.get(i), results.get(i)))
                .filter(move -> move.to().now())
                .sorted(Comparator.comparingLong(Move::userVersion))
                .forEach(this::publish);
    }

    private void publish(Move move) {
        MarkUpTo mark = move.mark();
        long number = move.to().number();
        if (move.userVersion() > 0) {
            bus.events()
                    .publish(new PersonalFrame(
                            mark.user(),
                            move.userVersion(),
                            false,
                            ReceiptEvents.read(mark.conversation(), move.userVersion(), number)));
        }
        String told = move.to().told();
        if (told != null && move.to().memberCount() <= liveMembers) {
            Buffer receipt = ReceiptEvents.receipt(
                    mark.conversation(),
                    mark.user(),
                    told,
                    number,
                    Objects.requireNonNull(move.to().at()));
            bus.events()
                    .publish(
                            told.equals(ReceiptActions.Kind.READ.word())
                                    ? Frame.readReceipt(mark.conversation(), receipt)
                                    : Frame.of(mark.conversation(), 0, 0, receipt, 0));
        }
    }
}
