package io.parley.support;

import java.util.List;
import java.util.function.ToLongFunction;

/** Cuts pages of lists to a size that every reader takes. */
public final class Fitting {
    /**
     * Most bytes of content in one answer, unless a single item has more: well below what may wait for a socket, so that
     * no page of long items makes its reader too slow.
     */
    public static final long MOST_BYTES = 256 * 1024;

    private Fitting() {}

    /** The first ones, at least one, until there are enough of them or of their bytes. */
    public static <T> List<T> first(List<T> found, int limit, long mostBytes, ToLongFunction<T> bytesOf) {
        long bytes = 0;
        int size = 0;
        while (size < Math.min(found.size(), limit)) {
            bytes += bytesOf.applyAsLong(found.get(size));
            if (size > 0 && bytes > mostBytes) {
                break;
            }
            size++;
        }
        return found.subList(0, size);
    }
}
