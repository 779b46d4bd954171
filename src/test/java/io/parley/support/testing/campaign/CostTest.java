package io.parley.support.testing.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class CostTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private static FaultRun run(FaultKind kind, double began, double healed) {
        PlannedFault fault = new PlannedFault(kind, Duration.ZERO, Duration.ZERO, 0, 1, 0);
        return new FaultRun(fault, nanos(began), nanos(healed));
    }

    private static Sample sample(double due, double acked, double complete) {
        return new Sample(nanos(due), nanos(acked), nanos(acked), nanos(complete));
    }

    private static long nanos(double seconds) {
        return (long) (seconds * SECOND);
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos(nanos(seconds));
    }

    private static Cost costOf(FaultRun run, Sample... samples) {
        return Cost.of(List.of(run), List.of(samples), List.of()).getFirst();
    }

    @Test
    void theLongestWaitCounts() {
        Cost cost =
                costOf(run(FaultKind.SPLIT, 10, 20), sample(9.5, 9.6, 9.7), sample(11, 14, 15), sample(12, 12.5, 22.5));

        assertThat(cost.accepted()).isEqualTo(seconds(3));
        assertThat(cost.complete()).isEqualTo(seconds(10));
    }

    @Test
    void afterMendingOnlyTheTimeFromThereCounts() {
        Cost cost =
                costOf(run(FaultKind.SPLIT, 10, 20), sample(11, 14, 15), sample(12, 20.5, 22.5), sample(21, 21.75, 22));

        assertThat(cost.acceptedHealed()).isEqualTo(seconds(0.75));
        assertThat(cost.completeHealed()).isEqualTo(seconds(2));
    }

    @Test
    void whatWasOnItsWayWhenItBeganCountsAndWhatWasThereDoesNot() {
        Cost cost = costOf(run(FaultKind.SPLIT, 10, 12), sample(1, 5, 6), sample(9, 9.5, 13));

        assertThat(cost.accepted()).isEqualTo(seconds(0.5));
        assertThat(cost.complete()).isEqualTo(seconds(3.5));
    }

    @Test
    void whatNeverHappensIsNever() {
        Sample lost = new Sample(nanos(11), Sample.NEVER, Sample.NEVER, Sample.NEVER);

        Cost cost = costOf(run(FaultKind.SPLIT, 10, 12), lost);

        assertThat(cost.accepted()).isEqualTo(Cost.NEVER);
        assertThat(cost.completeHealed()).isEqualTo(Cost.NEVER);
    }

    @Test
    void eachFaultAnswersForTheTimeUntilTheNext() {
        List<FaultRun> runs = List.of(run(FaultKind.SPLIT, 10, 12), run(FaultKind.CUT_BUS, 20, 22));

        List<Cost> costs = Cost.of(
                runs,
                List.of(sample(11, 14, 14), sample(21, 26, 26)),
                List.of(new Absence("probe", nanos(10.5), nanos(11.5))));

        assertThat(costs).extracting(Cost::accepted).containsExactly(seconds(3), seconds(5));
        assertThat(costs).extracting(Cost::away).containsExactly(seconds(1), seconds(0));
        assertThat(costs).noneMatch(Cost::together);
    }

    @Test
    void faultsAtTheSameTimeAreTold() {
        List<FaultRun> runs = List.of(run(FaultKind.SPLIT, 10, 20), run(FaultKind.CUT_BUS, 15, 25));

        assertThat(Cost.of(runs, List.of(), List.of())).allMatch(Cost::together);
    }

    @Test
    void theTableHasMedianAndWorstOfEachKind() {
        List<FaultRun> runs =
                List.of(run(FaultKind.SPLIT, 10, 11), run(FaultKind.SPLIT, 20, 21), run(FaultKind.SPLIT, 30, 31));
        List<Sample> samples = List.of(sample(10, 11, 11), sample(20, 22, 22), sample(30, 36, 36.5));

        assertThat(CostTable.of(Cost.of(runs, samples, List.of())))
                .contains("| split | 3 | 0.00 / 0.00 | 2.00 / 6.00 | 1.00 / 5.00 | 0.00 / 0.50 | 0.00 / 0.50 |");
    }
}
