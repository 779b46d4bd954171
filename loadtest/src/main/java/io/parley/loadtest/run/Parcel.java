package io.parley.loadtest.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.loadtest.check.Histograms;
import io.parley.loadtest.check.Recorder;
import io.parley.loadtest.check.Violation;
import io.parley.loadtest.check.Violations;
import io.parley.loadtest.client.Fleet.Connected;
import io.parley.loadtest.client.Fleet.Standing;
import io.parley.loadtest.client.Pacer.Paced;
import io.parley.loadtest.report.Figures;
import io.parley.loadtest.run.Crowd.Ended;
import io.parley.loadtest.run.Crowd.Remaining;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * What processes that share a run tell one another, as JSON. Histograms go compressed and whole, so that merging loses
 * nothing; times go by the clock of the day.
 */
final class Parcel {
    private Parcel() {}

    static String pack(Histogram histogram) {
        ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(bytes);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), length));
    }

    static Histogram histogram(JsonNode text) {
        try {
            Histogram sum = Histograms.make();
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(text.asText()));
            sum.add(Histogram.decodeFromCompressedByteBuffer(bytes, 0));
            return sum;
        } catch (DataFormatException broken) {
            throw new IllegalArgumentException("a histogram has come damaged", broken);
        }
    }

    static ObjectNode pack(Recorder recorder) {
        ObjectNode packed = Figures.object();
        for (Recorder.Time time : Recorder.Time.values()) {
            if (recorder.of(time).getTotalCount() > 0) {
                packed.put(time.name(), pack(recorder.of(time)));
            }
        }
        recorder.errors().forEach(packed.putObject("errors")::put);
        recorder.notes().forEach(packed.putObject("notes")::put);
        long offset = LocalCrowd.epochNanos() - System.nanoTime();
        return packed.put("healed", recorder.healedCount())
                .put("lastAck", shifted(recorder.lastAckNanos(), offset))
                .put("lastReceive", shifted(recorder.lastReceiveNanos(), offset))
                .put("lastBack", shifted(recorder.lastBackNanos(), offset));
    }

    static Recorder recorder(JsonNode packed) {
        Recorder recorder = new Recorder();
        for (Recorder.Time time : Recorder.Time.values()) {
            if (packed.has(time.name())) {
                recorder.of(time).add(histogram(packed.get(time.name())));
            }
        }
        packed.path("errors")
                .properties()
                .forEach(one ->
                        recorder.errors().put(one.getKey(), one.getValue().asLong()));
        packed.path("notes")
                .properties()
                .forEach(
                        one -> recorder.notes().put(one.getKey(), one.getValue().asLong()));
        long offset = System.nanoTime() - LocalCrowd.epochNanos();
        recorder.addCounts(
                packed.path("healed").asLong(),
                shifted(packed.path("lastAck").asLong(), offset),
                shifted(packed.path("lastReceive").asLong(), offset),
                shifted(packed.path("lastBack").asLong(), offset));
        return recorder;
    }

    /** 0 stands for never. */
    private static long shifted(long nanos, long offset) {
        return nanos == 0 ? 0 : nanos + offset;
    }

    static ObjectNode pack(Connected connected) {
        return Figures.object()
                .put("ready", connected.ready())
                .put("refused", connected.refused())
                .put("seconds", connected.seconds())
                .put("times", pack(connected.times()));
    }

    static Connected connected(JsonNode packed) {
        return new Connected(
                packed.path("ready").asInt(),
                packed.path("refused").asInt(),
                packed.path("seconds").asDouble(),
                histogram(packed.path("times")));
    }

    static ObjectNode pack(Standing standing) {
        return Figures.object().put("open", standing.open()).put("settled", standing.settled());
    }

    static Standing standing(JsonNode packed) {
        return new Standing(packed.path("open").asInt(), packed.path("settled").asInt());
    }

    static ObjectNode pack(long[] heads) {
        ObjectNode packed = Figures.object();
        ArrayNode array = packed.putArray("heads");
        for (long head : heads) {
            array.add(head);
        }
        return packed;
    }

    static long[] heads(JsonNode packed) {
        JsonNode array = packed.path("heads");
        long[] heads = new long[array.size()];
        for (int i = 0; i < heads.length; i++) {
            heads[i] = array.get(i).asLong();
        }
        return heads;
    }

    static ObjectNode pack(Remaining remaining) {
        ObjectNode packed = pack(remaining.heads())
                .put("sending", remaining.sending())
                .put("unanswered", remaining.unanswered())
                .put("lacking", remaining.lacking());
        packed.set("standing", pack(remaining.standing()));
        return packed;
    }

    static Remaining remaining(JsonNode packed) {
        return new Remaining(
                packed.path("sending").asBoolean(),
                packed.path("unanswered").asInt(),
                packed.path("lacking").asLong(),
                standing(packed.path("standing")),
                heads(packed));
    }

    static ObjectNode pack(Ended ended) {
        ObjectNode packed = Figures.object()
                .put("sent", ended.paced().sent())
                .put("closed", ended.paced().closed())
                .put("lateness", pack(ended.paced().lateness()))
                .put("unanswered", ended.unanswered())
                .put("last", pack(ended.last()))
                .put("busiest", ended.busiest());
        ArrayNode committed = packed.putArray("committed");
        for (int count : ended.committed()) {
            committed.add(count);
        }
        ObjectNode counts = packed.putObject("violations");
        ended.violations().counts().forEach((kind, count) -> counts.put(kind.name(), count));
        ended.violations().examples().forEach(packed.putArray("examples")::add);
        return packed;
    }

    static Ended ended(JsonNode packed) {
        int[] committed = new int[packed.path("committed").size()];
        for (int i = 0; i < committed.length; i++) {
            committed[i] = packed.path("committed").get(i).asInt();
        }
        Violations violations = new Violations();
        packed.path("violations")
                .properties()
                .forEach(one -> violations
                        .counts()
                        .put(Violation.valueOf(one.getKey()), one.getValue().asLong()));
        packed.path("examples").forEach(example -> violations.examples().add(example.asText()));
        return new Ended(
                new Paced(
                        packed.path("sent").asInt(), packed.path("closed").asInt(), histogram(packed.path("lateness"))),
                packed.path("unanswered").asInt(),
                committed,
                histogram(packed.path("last")),
                packed.path("busiest").asDouble(),
                violations);
    }
}
