package io.parley.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class GrowthTest {
    @Test
    void aSteadyRiseIsFoundAndShortRunsSayNothing() {
        List<Growth.Point> points = List.of(
                new Growth.Point(0.0, 100, 50, 3),
                new Growth.Point(0.5, 110, 50, 3),
                new Growth.Point(1.0, 120, 50, 3),
                new Growth.Point(1.5, 130, 50, 3));

        assertThat(Growth.of(points)).hasValueSatisfying(growth -> {
            assertThat(growth.path("residentMbPerHour").asDouble()).isEqualTo(20);
            assertThat(growth.path("heapMbPerHour").asDouble()).isZero();
        });
        assertThat(Growth.of(points.subList(0, 3))).isEmpty();
    }
}
