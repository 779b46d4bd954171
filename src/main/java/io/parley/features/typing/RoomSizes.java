package io.parley.features.typing;

import io.parley.features.typing.TypingActions.Room;
import io.parley.features.typing.TypingActions.Size;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** What typing must know of conversations, asked for once in a while only. Lives on one event loop. */
final class RoomSizes {
    private static final long FRESH_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int MOST_KEPT = 10_000;

    private final Function<Room, Future<Size>> ask;
    private final LongSupplier nanoTime;
    private final Map<UUID, Known> known = new LinkedHashMap<>();

    /** Counts what was forgotten: an answer to an older question may be out of date. */
    private long forgotten;

    private record Known(Size size, long at) {}

    RoomSizes(Function<Room, Future<Size>> ask, LongSupplier nanoTime) {
        this.ask = ask;
        this.nanoTime = nanoTime;
    }

    Future<Size> of(Room room) {
        Known one = known.get(room.conversation());
        if (one != null && nanoTime.getAsLong() - one.at() < FRESH_NANOS) {
            return Future.succeededFuture(one.size());
        }
        long asked = forgotten;
        return ask.apply(room).map(size -> {
            if (asked == forgotten) {
                keep(room.conversation(), size);
            }
            return size;
        });
    }

    /** What is known of it is out of date. */
    void forget(UUID conversation) {
        known.remove(conversation);
        forgotten++;
    }

    private void keep(UUID conversation, Size size) {
        known.remove(conversation);
        known.put(conversation, new Known(size, nanoTime.getAsLong()));
        if (known.size() > MOST_KEPT) {
            known.remove(known.keySet().iterator().next());
        }
    }
}
