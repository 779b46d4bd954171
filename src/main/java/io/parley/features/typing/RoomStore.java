package io.parley.features.typing;

import io.parley.features.typing.TypingActions.Room;
import io.parley.features.typing.TypingActions.Size;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;

/** Reads what typing must know of a conversation, for those who are in it. */
final class RoomStore {
    private static final String SIZE = """
            SELECT c.member_count, EXISTS (
                       SELECT FROM conversations r
                         JOIN members o ON o.conversation_id = r.id AND o.user_id <> $3
                        WHERE r.id = c.root_id AND r.type = 'direct'
                          AND (blocked_between($2, o.user_id, $3) OR blocked_between($2, $3, o.user_id))) AS silent
              FROM conversations c
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
                        .map(row -> new Size(row.getInteger("member_count"), row.getBoolean("silent")))
                        .orElseThrow(AppError::notFound));
    }
}
