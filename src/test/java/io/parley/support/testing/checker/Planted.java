package io.parley.support.testing.checker;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * What became of known bugs that were planted into a right run, one at a time. A checker that misses one was not awake
 * when it passed the run.
 *
 * @param caught how many were found by the invariant that they break
 * @param missed names of those that were not
 * @param unfit names of those that nothing in the run lends itself to
 */
public record Planted(int caught, List<String> missed, List<String> unfit) {
    /** Nothing was tried. */
    public static final Planted NONE = new Planted(0, List.of(), List.of());

    public Planted {
        missed = List.copyOf(missed);
        unfit = List.copyOf(unfit);
    }

    /** Checks the run once for each bug. */
    public static Planted into(Collection<History> histories, Truth truth, long seed) {
        Model.Run run = new Model.Run(List.copyOf(histories), truth);
        int caught = 0;
        List<String> missed = new ArrayList<>();
        List<String> unfit = new ArrayList<>();
        for (Plant plant : Plant.all()) {
            Optional<Model.Run> broken = plant.change().into(run, new Random(seed));
            if (broken.isEmpty()) {
                unfit.add(plant.name());
            } else if (Checker.check(broken.get().histories(), broken.get().truth())
                    .broken()
                    .contains(plant.expected())) {
                caught++;
            } else {
                missed.add(plant.name());
            }
        }
        return new Planted(caught, missed, unfit);
    }

    public Planted plus(Planted other) {
        List<String> allMissed = new ArrayList<>(missed);
        allMissed.addAll(other.missed);
        List<String> allUnfit = new ArrayList<>(unfit);
        allUnfit.addAll(other.unfit);
        return new Planted(caught + other.caught, allMissed, allUnfit);
    }
}
