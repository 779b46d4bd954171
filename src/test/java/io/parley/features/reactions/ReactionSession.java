package io.parley.features.reactions;

import io.parley.support.testing.StorageSession;
import io.parley.support.testing.TestDatabase;
import java.sql.Array;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/** One connection to the storage functions of reactions. For one thread at a time. */
final class ReactionSession implements AutoCloseable {
    final StorageSession storage;
    private final int mostEmoji;
    private final int mostOwn;

    ReactionSession(TestDatabase database, int mostEmoji, int mostOwn) throws SQLException {
        this.storage = new StorageSession(database);
        this.mostEmoji = mostEmoji;
        this.mostOwn = mostOwn;
    }

    record Asked(UUID conversation, UUID message, UUID actor, String emoji, boolean added) {}

    record Done(String outcome, long number, long version, int count, String users) {}

    Done react(Asked asked) throws SQLException {
        return react(List.of(asked)).getFirst();
    }

    /** In one call; the answers stand in the order of the questions. */
    List<Done> react(List<Asked> asked) throws SQLException {
        return storage.query(
                "SELECT * FROM change_reactions(?, ?, ?, ?, ?, ?, ?, ?) ORDER BY ord",
                row -> new Done(
                        row.text("outcome"),
                        row.number("number"),
                        row.number("version"),
                        (int) row.number("count"),
                        String.valueOf(row.text("users"))),
                array("uuid", asked, one -> TestDatabase.TENANT),
                array("uuid", asked, Asked::conversation),
                array("uuid", asked, Asked::message),
                array("uuid", asked, Asked::actor),
                array("text", asked, Asked::emoji),
                array("boolean", asked, Asked::added),
                mostEmoji,
                mostOwn);
    }

    private Array array(String type, List<Asked> asked, Function<Asked, Object> column) throws SQLException {
        return storage.connection()
                .createArrayOf(type, asked.stream().map(column).toArray());
    }

    @Override
    public void close() throws SQLException {
        storage.close();
    }
}
