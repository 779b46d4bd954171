package io.parley.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.loadtest.check.Histograms;
import io.parley.loadtest.check.Recorder;
import io.parley.loadtest.check.Rhythm;
import io.parley.loadtest.check.Violation;
import io.parley.loadtest.check.Violations;
import io.parley.loadtest.client.Pacer.Paced;
import io.parley.loadtest.run.Crowd.Ended;
import io.parley.loadtest.run.Crowd.Order;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class ParcelTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double FIFTY_MILLIS = 50e6;

    private static JsonNode sent(ObjectNode packed) throws JsonProcessingException {
        return JSON.readTree(packed.toString());
    }

    @Test
    void mergedHistogramsAreThoseOfOneProcess() throws JsonProcessingException {
        Recorder one = new Recorder();
        Recorder other = new Recorder();
        Recorder both = new Recorder();
        long now = System.nanoTime();
        for (int i = 1; i <= 10_000; i++) {
            (i % 3 == 0 ? one : other).received(now, now + i * 10_000L);
            both.received(now, now + i * 10_000L);
        }

        Recorder merged = Parcel.recorder(sent(Parcel.pack(one)));
        merged.add(Parcel.recorder(sent(Parcel.pack(other))));

        assertThat(merged.receive()).isEqualTo(both.receive());
        assertThat(merged.receive().getValueAtPercentile(99))
                .isEqualTo(both.receive().getValueAtPercentile(99));
    }

    @Test
    void countsAndTimesArrive() throws JsonProcessingException {
        Recorder recorder = new Recorder();
        long now = System.nanoTime();
        recorder.error("send: unavailable");
        recorder.note("goaway");
        recorder.healed();
        recorder.acknowledged(now - 5, now);

        Recorder arrived = Parcel.recorder(sent(Parcel.pack(recorder)));

        assertThat(arrived.errors()).containsEntry("send: unavailable", 1L);
        assertThat(arrived.notes()).containsEntry("goaway", 1L);
        assertThat(arrived.healedCount()).isEqualTo(1);
        assertThat((double) (arrived.lastAckNanos() - now)).isCloseTo(0, within(FIFTY_MILLIS));
        assertThat(arrived.lastBackNanos()).isZero();
    }

    @Test
    void violationsAndWhatWasCommittedArrive() throws JsonProcessingException {
        Violations violations = new Violations();
        violations.add(Violation.LOST, 3, "somewhere");
        Histogram lateness = Histograms.make();
        Histograms.record(lateness, 77_000);
        Histogram last = Histograms.make();
        Histograms.record(last, 88_000);

        Ended ended = Parcel.ended(sent(
                Parcel.pack(new Ended(new Paced(10, 1, lateness), 2, new int[] {4, 0, 6}, last, 0.5, violations))));

        assertThat(ended.committed()).containsExactly(4, 0, 6);
        assertThat(ended.unanswered()).isEqualTo(2);
        assertThat(ended.paced().sent()).isEqualTo(10);
        assertThat(ended.paced().lateness()).isEqualTo(lateness);
        assertThat(ended.last()).isEqualTo(last);
        assertThat(ended.violations().count(Violation.LOST)).isEqualTo(3);
        assertThat(ended.violations().examples()).containsExactly("LOST: somewhere");
    }

    @Test
    void ordersSurviveTheWay() {
        Order order = new Order(3, 777, 1_790_000_000_123_456_789L, new Rhythm(500, 10, 2, 3), 40, 2);

        assertThat(JSON.convertValue(JSON.valueToTree(order), Order.class)).isEqualTo(order);
    }
}
