package io.parley.support.testing.campaign;

import io.parley.support.testing.checker.Planted;
import io.parley.support.testing.checker.Violation;
import io.parley.support.testing.node.NodeClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;

/**
 * What a campaign leaves behind: {@code report.md} with verdict, figures and costs, and for each round its plan, which
 * can be run again, and its log. Written after every round, so that something is there when a campaign breaks off.
 */
public final class Report {
    private static final long MS = 1_000_000;

    private final Path directory;
    private final long seed;
    private final List<Round> rounds = new ArrayList<>();

    /** @param directory made if it is not there */
    public Report(Path directory, long seed) {
        this.directory = directory;
        this.seed = seed;
        try {
            Files.createDirectories(directory);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    public Path directory() {
        return directory;
    }

    /** What is to be run, before it is, for it may end badly. */
    public void begin(FaultPlan plan) {
        write("plan-" + plan.seed() + ".txt", plan.text());
    }

    public void add(Round round) {
        rounds.add(round);
        write("log-" + round.plan().seed() + ".txt", String.join("\n", round.log()) + "\n");
        write("costs-" + round.plan().seed() + ".txt", CostTable.lines(round.costs(), round.absences()));
        if (!round.evidence().isEmpty()) {
            StringBuilder evidence = new StringBuilder();
            round.evidence()
                    .forEach((violation, seen) ->
                            evidence.append(violation).append('\n').append(seen).append('\n'));
            write("evidence-" + round.plan().seed() + ".txt", evidence.toString());
        }
        write("report.md", text());
    }

    /** A round that did not come to its end. */
    public void broken(FaultPlan plan, List<String> log, RuntimeException reason) {
        write("log-" + plan.seed() + ".txt", String.join("\n", log) + "\nbroken off: " + reason + "\n");
        write("report.md", text() + "\nSeed " + plan.seed() + " was broken off: " + reason.getMessage() + "\n");
    }

    private void write(String name, String text) {
        try {
            Files.writeString(directory.resolve(name), text);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    public String text() {
        List<Violation> violations = rounds.stream()
                .flatMap(round -> round.verdict().violations().stream())
                .toList();
        Planted planted = rounds.stream().map(Round::planted).reduce(Planted.NONE, Planted::plus);
        List<Cost> costs =
                rounds.stream().flatMap(round -> round.costs().stream()).toList();
        StringBuilder text =
                new StringBuilder("# Fault campaign, seed %d\n\n".formatted(seed)).append("| | |\n|---|---:|\n");
        row(text, "rounds", rounds.size());
        row(text, "minutes of traffic", sum(round -> round.plan().length().toSeconds()) / 60);
        row(text, "faults injected", sum(round -> round.faults().size()));
        row(text, "messages stored", sum(round -> round.verdict().summary().messages()));
        row(text, "sends acknowledged", sum(round -> round.verdict().summary().acked()));
        row(text, "deliveries checked", sum(round -> round.verdict().summary().deliveries()));
        row(text, "connections", sum(round -> round.verdict().summary().connections()));
        row(text, "violations", violations.size());
        row(text, "planted bugs caught", planted.caught());
        row(text, "planted bugs missed", planted.missed().size());
        row(
                text,
                "planted bugs that a run did not lend itself to",
                planted.unfit().size());
        planted.unfit().stream()
                .distinct()
                .forEach(unfit -> text.append("\nNot planted: ").append(unfit).append('\n'));
        planted.missed()
                .forEach(missed -> text.append("\nMissed: ").append(missed).append('\n'));
        violations.forEach(violation -> text.append("\n- ").append(violation));
        if (NodeClock.library().isEmpty()) {
            text.append("\nWithout libfaketime no clock could jump.\n");
        }
        text.append("\n## What each fault cost\n\nSeconds, median / worst.\n\n").append(CostTable.of(costs));
        text.append("\nAll probes: send to ack ")
                .append(percentiles(sample -> sample.ackedNanos() - sample.dueNanos()))
                .append("; stored to all ")
                .append(percentiles(sample -> sample.completeNanos() - sample.committedNanos()))
                .append(".\n\n## Rounds\n");
        rounds.forEach(round -> text.append("\n- seed ")
                .append(round.plan().seed())
                .append(", ")
                .append(round.plan().nodes())
                .append(" nodes, ")
                .append(round.plan().length().toSeconds())
                .append(" s, ")
                .append(round.faults().size())
                .append(" faults: ")
                .append(round.verdict().holds() ? "holds" : "VIOLATED")
                .append(", ")
                .append(round.verdict().summary()));
        return text.append('\n').toString();
    }

    private static void row(StringBuilder text, String what, long value) {
        text.append("| ").append(what).append(" | ").append(value).append(" |\n");
    }

    private long sum(ToLongFunction<Round> figure) {
        return rounds.stream().mapToLong(figure).sum();
    }

    private String percentiles(ToLongFunction<Sample> span) {
        long[] sorted = rounds.stream()
                .flatMap(round -> round.samples().stream())
                .filter(sample -> sample.completeNanos() != Sample.NEVER && sample.ackedNanos() != Sample.NEVER)
                .flatMapToLong(sample -> LongStream.of(span.applyAsLong(sample)))
                .sorted()
                .toArray();
        return sorted.length == 0
                ? "unknown"
                : "p50 " + at(sorted, 0.5) + ", p95 " + at(sorted, 0.95) + ", p99 " + at(sorted, 0.99) + " s";
    }

    private static String at(long[] sorted, double part) {
        long nanos = sorted[(int) (part * (sorted.length - 1))];
        return CostTable.seconds(Duration.ofMillis(nanos / MS));
    }
}
