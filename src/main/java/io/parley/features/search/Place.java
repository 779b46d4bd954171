package io.parley.features.search;

import java.time.Instant;
import java.util.Comparator;
import java.util.UUID;

/** Where a message stands among all in the order of time. Ids are compared as PostgreSQL does. */
record Place(Instant at, UUID conversation, long number) implements Comparable<Place> {
    private static final UUID LAST_ID = new UUID(-1, -1);
    private static final UUID FIRST_ID = new UUID(0, 0);

    /** After everything. */
    static final Place END = new Place(Instant.parse("9999-12-31T00:00:00Z"), LAST_ID, Long.MAX_VALUE);

    private static final Comparator<Place> ORDER = Comparator.comparing(Place::at)
            .thenComparing(Place::conversation, Place::compareIds)
            .thenComparingLong(Place::number);

    /** After everything of that moment. */
    static Place after(Instant at) {
        return new Place(at, LAST_ID, Long.MAX_VALUE);
    }

    /** Before everything of that moment. */
    static Place before(Instant at) {
        return new Place(at, FIRST_ID, 0);
    }

    static Place earlier(Place one, Place other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    @Override
    public int compareTo(Place other) {
        return ORDER.compare(this, other);
    }

    private static int compareIds(UUID one, UUID other) {
        int high = Long.compareUnsigned(one.getMostSignificantBits(), other.getMostSignificantBits());
        return high == 0 ? Long.compareUnsigned(one.getLeastSignificantBits(), other.getLeastSignificantBits()) : high;
    }
}
