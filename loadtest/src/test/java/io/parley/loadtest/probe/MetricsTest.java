package io.parley.loadtest.probe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MetricsTest {
    @Test
    void theFewFiguresThatMatterAreSummed() {
        Metrics.Figures figures = Metrics.parse("""
                # HELP jvm_memory_used_bytes The amount of used memory
                jvm_memory_used_bytes{area="heap",id="G1 Eden Space"} 1.5E7
                jvm_memory_used_bytes{area="heap",id="G1 Old Gen"} 5000000.0
                jvm_memory_used_bytes{area="nonheap",id="Metaspace"} 9.0E7
                jvm_gc_pause_seconds_sum{action="end of minor GC",cause="x"} 0.25
                jvm_gc_pause_seconds_max{action="end of minor GC",cause="x"} 0.2
                parley_sessions 42.0
                """);

        assertThat(figures).isEqualTo(new Metrics.Figures(1, 20_000_000, 0.25, 42));
    }
}
