package io.parley.support.testing.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FaultPlanTest {
    private static final Duration LONGEST = Duration.ofSeconds(8);
    private static final Duration HOUR = Duration.ofHours(1);

    private static FaultPlan plan(long seed) {
        return FaultPlan.of(seed, 3, HOUR, Set.of(), LONGEST);
    }

    @Test
    void theSameSeedMakesTheSamePlan() {
        assertThat(plan(7).text()).isEqualTo(plan(7).text());
        assertThat(plan(7).text()).isNotEqualTo(plan(8).text());
    }

    @Test
    void aPlanCanBeReadAgainFromItsText() {
        assertThat(FaultPlan.parse(plan(7).text()).faults()).containsExactlyElementsOf(plan(7).faults());
        assertThat(FaultPlan.parse(plan(7).text()).text()).isEqualTo(plan(7).text());
    }

    @Test
    void everyKindComesWithinAnHour() {
        Set<FaultKind> kinds = kinds(plan(7));

        assertThat(kinds).containsExactlyInAnyOrder(FaultKind.values());
    }

    @Test
    void whatIsLeftOutDoesNotCome() {
        EnumSet<FaultKind> without = EnumSet.of(FaultKind.JUMP_CLOCK, FaultKind.SPLIT);

        assertThat(kinds(FaultPlan.of(7, 2, HOUR, without, LONGEST))).doesNotContainAnyElementsOf(without);
    }

    private static Set<FaultKind> kinds(FaultPlan plan) {
        return plan.faults().stream().map(PlannedFault::kind).collect(Collectors.toSet());
    }

    @Test
    void allFaultsEndBeforeTheTrafficAndAreAboutNodesThatThereAre() {
        LongStream.range(0, 50).forEach(seed -> {
            FaultPlan plan = FaultPlan.of(seed, 2, Duration.ofSeconds(80), Set.of(), LONGEST);

            assertThat(plan.faults()).isNotEmpty().allSatisfy(fault -> {
                assertThat(fault.end()).isLessThan(plan.length());
                assertThat(fault.length()).isLessThanOrEqualTo(LONGEST);
                assertThat(List.of(fault.node(), fault.other())).containsExactlyInAnyOrder(0, 1);
            });
        });
    }

    @Test
    void faultsThatComeTogetherBreakDifferentThings() {
        List<PlannedFault> faults = plan(7).faults();
        int together = 0;
        for (int i = 1; i < faults.size(); i++) {
            PlannedFault before = faults.get(i - 1);
            if (faults.get(i).at().compareTo(before.end()) < 0) {
                together++;
                assertThat(faults.get(i).goesWith(before))
                        .as("%s, %s", before, faults.get(i))
                        .isTrue();
            }
        }
        assertThat(together).isPositive();
    }
}
