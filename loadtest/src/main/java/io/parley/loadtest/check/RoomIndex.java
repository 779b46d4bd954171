package io.parley.loadtest.check;

import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** Finds the index of a room by the two halves of its id, without objects. Safe on any thread. */
public final class RoomIndex {
    private static final int NONE = -1;

    private final long[] highs;
    private final long[] lows;
    private final int[] indexes;
    private final int mask;

    public RoomIndex(List<UUID> rooms) {
        int size = Integer.highestOneBit(Math.max(1, rooms.size())) * 4;
        highs = new long[size];
        lows = new long[size];
        indexes = new int[size];
        mask = size - 1;
        Arrays.fill(indexes, NONE);
        for (int i = 0; i < rooms.size(); i++) {
            UUID room = rooms.get(i);
            int place = place(room.getMostSignificantBits(), room.getLeastSignificantBits());
            highs[place] = room.getMostSignificantBits();
            lows[place] = room.getLeastSignificantBits();
            indexes[place] = i;
        }
    }

    /** The index of the room, or -1 if it is none of ours. */
    public int of(long high, long low) {
        return indexes[place(high, low)];
    }

    private int place(long high, long low) {
        int place = (int) ((high ^ low * 0x9E3779B97F4A7C15L) >>> 20) & mask;
        while (indexes[place] != NONE && (highs[place] != high || lows[place] != low)) {
            place = (place + 1) & mask;
        }
        return place;
    }
}
