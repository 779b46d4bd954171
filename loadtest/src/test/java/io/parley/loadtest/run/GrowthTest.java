package io.parley.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.loadtest.report.Figures;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GrowthTest {
    private final List<ObjectNode> steps =
            IntStream.range(0, 4).mapToObj(GrowthTest::step).toList();

    private static ObjectNode step(int i) {
        ObjectNode step = Figures.object().put("at", 1_800 * i).put("residentMb", 100 + 10 * i);
        step.putObject("receiveMs").put("p95", 3);
        return step;
    }

    @Test
    void aSteadyRiseIsFound() {
        assertThat(Growth.of(steps)).hasValueSatisfying(growth -> {
            assertThat(growth.path("residentMbPerHour").asDouble()).isEqualTo(20);
            assertThat(growth.path("receiveP95MsPerHour").asDouble()).isZero();
        });
    }

    @Test
    void whatIsUnknownHasNoSlopeAndShortRunsHaveNone() {
        assertThat(Growth.of(steps))
                .hasValueSatisfying(
                        growth -> assertThat(growth.has("heapMbPerHour")).isFalse());
        assertThat(Growth.of(steps.subList(0, 3))).isEmpty();
    }
}
