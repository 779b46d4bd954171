package io.parley.support.markdown;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What 16 KB of Markdown cost, ordinary ones and the most expensive that were found. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class MarkdownBenchmark {
    private static final int CHARS = 16_384;

    private static final Map<String, String> PIECES = Map.of(
            "prose", "Look *here*, at [the plan](https://example.org/plan): `make` it **so**.\n\n- one\n- two\n\n",
            "brackets", "[a](b",
            "mail", "a@b.",
            "spoilers", "||a",
            "links", "<http://a>",
            "rows", "|a|b|\n|-|-|\n");

    @Param({"prose", "brackets", "mail", "spoilers", "links", "rows"})
    public String piece = "prose";

    private String text = "";

    @Setup
    public void repeat() {
        String unit = PIECES.getOrDefault(piece, piece);
        text = unit.repeat(CHARS / unit.length());
    }

    @Benchmark
    public String html() {
        return Markdown.html(text);
    }

    @Benchmark
    public String preview() {
        return Markdown.preview(text);
    }

    @Benchmark
    public Object links() {
        return Markdown.links(text, 5);
    }
}
