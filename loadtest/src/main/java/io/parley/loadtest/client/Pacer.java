package io.parley.loadtest.client;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.parley.loadtest.check.Histograms;
import io.parley.loadtest.check.SendPlan;
import io.parley.loadtest.check.Step;
import io.parley.loadtest.check.Texts;
import io.parley.loadtest.wire.FrameWriter;
import io.parley.loadtest.wire.UuidText;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Sends what a plan says when it says so, whatever has become of earlier sends, on the thread that calls it. Notes
 * how late it was itself: that much of the latencies is not the server's.
 */
public final class Pacer {
    private static final byte[] TYPE_ID = bytes("{\"type\":\"message.send\",\"id\":\"");
    private static final byte[] CONVERSATION = bytes("\",\"conversation\":\"");
    private static final byte[] MESSAGE = bytes("\",\"message\":{\"id\":\"");
    private static final byte[] TEXT = bytes("\",\"type\":\"text\",\"text\":\"");
    private static final byte[] END = bytes("\"}}");

    private final List<LoadClient> clients;
    private final List<UUID> rooms;
    private final Texts texts;
    private final FrameWriter writer = new FrameWriter();
    private final byte[] number = new byte[Texts.NUMBER_LENGTH];

    Pacer(List<LoadClient> clients, List<UUID> rooms, Texts texts) {
        this.clients = clients;
        this.rooms = rooms;
        this.texts = texts;
    }

    private static byte[] bytes(String part) {
        return part.getBytes(US_ASCII);
    }

    /**
     * What a pacer did.
     *
     * @param sent sends that left
     * @param closed sends that did not, because their session was closed
     * @param lateness from when each was due, nanoseconds
     */
    public record Paced(int sent, int closed, Histogram lateness) {}

    /** Returns when the last send has left. */
    public Paced run(Step step) {
        SendPlan plan = step.plan();
        Histogram lateness = Histograms.make();
        int closed = 0;
        for (int index = 0; index < plan.count(); index++) {
            long late = await(plan.due(index));
            Histograms.record(lateness, late);
            step.ledger().sent(index + 1);
            if (!clients.get(plan.sender(index)).send(frame(plan, index))) {
                closed++;
            }
        }
        return new Paced(plan.count() - closed, closed, lateness);
    }

    private static long await(long due) {
        long left = due - System.nanoTime();
        while (left > 0) {
            LockSupport.parkNanos(left);
            left = due - System.nanoTime();
        }
        return -left;
    }

    private ByteBuffer frame(SendPlan plan, int index) {
        UUID room = rooms.get(plan.room(index));
        UuidText.writeHex(index, number, 0, number.length);
        return writer.begin()
                .add(TYPE_ID)
                .add(plan.command(index))
                .add(CONVERSATION)
                .addUuid(room.getMostSignificantBits(), room.getLeastSignificantBits())
                .add(MESSAGE)
                .addUuid(plan.idHigh(), plan.idLow(index))
                .add(TEXT)
                .add(number)
                .add(texts.words())
                .add(END)
                .text();
    }
}
