package io.parley.features.search;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What of a person's conversations has not been looked through, the newest first. A hit that is newer than all of that
 * stands where it will stand in the end.
 */
final class ScopeQueue {
    private final PriorityQueue<Part> parts =
            new PriorityQueue<>(Comparator.comparing(Part::newest).reversed().thenComparing(Part::root));

    /**
     * A conversation from a place on backwards.
     *
     * @param block in which its newest message is
     * @param newest no message of it is newer
     * @param end it begins before this place
     */
    record Part(UUID root, long block, Instant newest, Place end) {
        /** What is left when the block has been looked through. */
        Part below(Instant lower) {
            return new Part(root, block - 1, lower, Place.earlier(end, Place.after(lower)));
        }

        /** What is left when it has been looked through down to there. */
        Part before(Place place) {
            return new Part(root, block, place.at(), place);
        }
    }

    void add(Part part) {
        parts.add(part);
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    List<Part> take(int most) {
        List<Part> taken = new ArrayList<>();
        while (taken.size() < most && !parts.isEmpty()) {
            taken.add(parts.poll());
        }
        return taken;
    }

    /** Messages that are newer than this have all been looked at; null: all have. */
    @Nullable
    Instant horizon() {
        Part next = parts.peek();
        return next == null ? null : next.newest();
    }
}
