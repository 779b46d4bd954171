package io.parley.features.search;

import java.time.Duration;
import java.util.UUID;

/**
 * A message that was found.
 *
 * @param rank how well it fits, apart from its age; 0 where that was not asked for
 */
record Hit(UUID root, Place place, float rank) {
    private static final double HALF_AGE_DAYS = 30;
    private static final double DAY_MS = Duration.ofDays(1).toMillis();

    /** How well it fits: of two that fit alike the newer comes first, and age takes half of the weight at most. */
    double score(Place newest) {
        double days = Math.max(0, Duration.between(place.at(), newest.at()).toMillis() / DAY_MS);
        return rank * (0.5 + 0.5 / (1 + days / HALF_AGE_DAYS));
    }
}
