package io.parley.support.testing.checker;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The truth, indexed for the questions that the checks ask. */
final class Rooms {
    private final Map<UUID, Indexed> rooms = new HashMap<>();

    Rooms(Truth truth) {
        truth.rooms().forEach((id, room) -> rooms.put(id, new Indexed(room)));
    }

    @Nullable
    Indexed find(UUID conversation) {
        return rooms.get(conversation);
    }

    Iterable<Indexed> all() {
        return rooms.values();
    }

    /** One conversation; where a number, version or id was stored twice the first one counts. */
    static final class Indexed {
        final Truth.Room room;
        private final Map<Long, Copy> byNumber = new HashMap<>();
        private final Map<UUID, Copy> byId = new HashMap<>();
        private final NavigableMap<Long, Copy> byVersion = new TreeMap<>();

        Indexed(Truth.Room room) {
            this.room = room;
            for (Copy message : room.messages()) {
                byNumber.putIfAbsent(message.number(), message);
                byId.putIfAbsent(message.id(), message);
                byVersion.putIfAbsent(message.version(), message);
            }
        }

        @Nullable
        Copy number(long number) {
            return byNumber.get(number);
        }

        @Nullable
        Copy id(UUID id) {
            return byId.get(id);
        }

        @Nullable
        Copy version(long version) {
            return byVersion.get(version);
        }

        /** Messages whose present state was made in (after, version]. */
        List<Copy> changedIn(long after, long version) {
            return List.copyOf(byVersion
                    .subMap(after, false, Math.max(after, version), true)
                    .values());
        }
    }
}
