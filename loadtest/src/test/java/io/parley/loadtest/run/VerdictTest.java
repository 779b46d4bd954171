package io.parley.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.loadtest.report.Figures;
import io.parley.loadtest.scenario.Threshold;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private final Verdict verdict =
            new Verdict(List.of(new Threshold("receive.p95Ms", false, 100), new Threshold("sendsPerSecond", true, 50)));

    private static ObjectNode step(double p95, double sends, int lost) {
        ObjectNode line = Figures.object().put("sendsPerSecond", sends);
        line.putObject("receiveMs").put("p95", p95);
        if (lost > 0) {
            line.putObject("violations").put("LOST", lost);
        } else {
            line.putObject("violations");
        }
        return line;
    }

    @Test
    void theWorstStepCounts() {
        verdict.see(step(20, 60, 0), false);
        assertThat(verdict.holds()).isTrue();
        verdict.see(step(120, 60, 0), false);
        verdict.see(step(10, 90, 0), false);

        assertThat(verdict.holds()).isFalse();
        assertThat(verdict.isMissed()).isTrue();
        assertThat(verdict.complaints()).containsExactly("MISSED receive.p95Ms <= 100: it was 120.0");
        assertThat(verdict.json().get(1).path("value").asDouble()).isEqualTo(60);
    }

    @Test
    void aStepBeyondTheLimitMayBeSlowButNotWrong() {
        verdict.see(step(20, 60, 0), false);
        verdict.see(step(500, 10, 0), true);
        assertThat(verdict.holds()).isTrue();

        verdict.see(step(500, 10, 3), true);
        assertThat(verdict.complaints()).containsExactly("MISSED violations <= 0: it was 3.0");
    }

    @Test
    void whatWasNotMeasuredIsNeitherHeldNorMissed() {
        assertThat(verdict.holds()).isFalse();
        assertThat(verdict.isMissed()).isFalse();
        assertThat(verdict.complaints()).allMatch(complaint -> complaint.startsWith("NOT MEASURED"));
    }
}
