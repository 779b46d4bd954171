package io.parley.features.typing;

import io.parley.features.typing.TypingActions.Room;
import io.parley.features.typing.TypingActions.Size;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;

/** Reads the size of a conversation, for those who are in it. */
final class RoomStore {
    private static final String SIZE = """
            SELECT c.member_count FROM conversations c
              JOIN members me ON me.conversation_id = c.root_id AND me.user_id = $3 AND me.active
             WHERE c.id = $1 AND c.tenant_id = $2 AND c.status = 'active'""";

    private final Database database;

    RoomStore(Database database) {
        this.database = database;
    }

    Future<Size> size(Room room) {
        return database.query(SIZE, Tuple.of(room.conversation(), room.tenant(), room.user()))
                .map(rows -> rows.stream()
                        .findFirst()
                        .map(row -> new Size(row.getInteger("member_count")))
                        .orElseThrow(AppError::notFound));
    }
}
