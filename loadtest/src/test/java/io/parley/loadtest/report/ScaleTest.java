package io.parley.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScaleTest {
    @Test
    void linearOnesEndAtRoundFigures() {
        Scale scale = Scale.linear(437, 100, 0);

        assertThat(scale.high()).isEqualTo(500);
        assertThat(scale.ticks()).containsExactly(0.0, 100.0, 200.0, 300.0, 400.0, 500.0);
        assertThat(scale.at(0)).isEqualTo(100);
        assertThat(scale.at(250)).isEqualTo(50);
        assertThat(Scale.linear(0, 0, 1).high()).isPositive();
    }

    @Test
    void logarithmicOnesHaveWholePowersOfTen() {
        Scale scale = Scale.logarithmic(0.4, 230, 0, 100);

        assertThat(scale.low()).isEqualTo(0.1);
        assertThat(scale.high()).isEqualTo(1_000);
        assertThat(scale.ticks()).hasSize(5);
        assertThat(scale.at(10)).isEqualTo(50);
        assertThat(scale.at(0)).as("below is at the edge").isZero();
    }

    @Test
    void figuresAreShortForPeople() {
        assertThat(Chart.brief(1_200)).isEqualTo("1.2k");
        assertThat(Chart.brief(0.1)).isEqualTo("0.1");
        assertThat(Chart.brief(20)).isEqualTo("20");
        assertThat(Chart.brief(2_500_000)).isEqualTo("2.5M");
    }
}
