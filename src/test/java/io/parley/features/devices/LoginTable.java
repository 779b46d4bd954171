package io.parley.features.devices;

import io.parley.support.testing.StorageSession;
import io.parley.support.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Calls of the functions about log-ins, over one connection. */
final class LoginTable implements AutoCloseable {
    final StorageSession session;

    LoginTable(TestDatabase database) throws SQLException {
        session = new StorageSession(database);
    }

    /** What became of a log-in. */
    record Opened(
            String outcome,
            long version,
            @Nullable String coarse,
            @Nullable Long replacedVersion) {}

    /** What has ended; no version: nothing. */
    record Ended(int count, @Nullable Long version) {}

    private static byte[] bytes(UUID login, String what) {
        return (login + what).getBytes(StandardCharsets.UTF_8);
    }

    /** A log-in whose tokens are named after it. */
    Opened open(UUID person, UUID login, String address, int most) throws SQLException {
        return session.query(
                        "SELECT * FROM open_login(?, ?, ?, ?, ?, interval '1 day', 'id', 'web', 'Laptop', '1.0', ?, ?)",
                        row -> new Opened(
                                row.text("outcome"),
                                row.number("user_version"),
                                row.text("coarse"),
                                row.rows().getObject("replaced_version", Long.class)),
                        TestDatabase.TENANT,
                        person,
                        login,
                        bytes(login, ""),
                        bytes(login, "0"),
                        address,
                        most)
                .getFirst();
    }

    UUID open(UUID person) throws SQLException {
        UUID login = StorageSession.newId();
        open(person, login, "198.51.100.7", 100);
        return login;
    }

    /** Exchanges the token of this round for that of the next. */
    String rotate(UUID login, int round) throws SQLException {
        return session.query(
                        "SELECT * FROM rotate_refresh_token(?, ?, ?, interval '1 day', '2001:db8:42:7::/64')",
                        row -> row.text("outcome"),
                        bytes(login, ""),
                        bytes(login, Integer.toString(round)),
                        bytes(login, Integer.toString(round + 1)))
                .getFirst();
    }

    Ended end(UUID person, UUID... logins) throws SQLException {
        return ended("SELECT * FROM end_logins(?, ?, ?, 'revoked')", TestDatabase.TENANT, person, logins);
    }

    Ended endAll(UUID person, @Nullable UUID kept, boolean tokens) throws SQLException {
        return ended("SELECT * FROM end_all_logins(?, ?, ?::uuid, ?)", TestDatabase.TENANT, person, kept, tokens);
    }

    private Ended ended(String sql, @Nullable Object... parameters) throws SQLException {
        return session.query(
                        sql,
                        row -> new Ended(
                                ((UUID[]) row.rows().getArray("ended").getArray()).length,
                                row.rows().getObject("user_version", Long.class)),
                        parameters)
                .getFirst();
    }

    List<UUID> living(UUID person) throws SQLException {
        return session.query(
                "SELECT id FROM refresh_families WHERE user_id = ? AND ended_at IS NULL ORDER BY created_at",
                row -> row.rows().getObject("id", UUID.class),
                person);
    }

    /** Whether a token of this log-in, or of none and issued so many seconds ago, lets the person in. */
    boolean holds(UUID tenant, UUID person, @Nullable UUID login, long issuedSecondsAgo) throws SQLException {
        return session.query(
                        "SELECT holds FROM token_states(ARRAY[?::uuid], ARRAY[?::uuid], ARRAY[?::uuid],"
                                + " ARRAY[date_trunc('second', clock_timestamp()) - make_interval(secs => ?)])",
                        row -> row.rows().getBoolean("holds"),
                        tenant,
                        person,
                        login,
                        (double) issuedSecondsAgo)
                .getFirst();
    }

    boolean holds(UUID person, UUID login) throws SQLException {
        return holds(TestDatabase.TENANT, person, login, 0);
    }

    /** Whether the journal brings this version of the person, and his list of log-ins has it. */
    boolean told(UUID person, long version) throws SQLException {
        return session.number(
                                "SELECT count(*) FROM journal j, unnest(users, user_versions) AS u (id, v)"
                                        + " WHERE u.id = ? AND u.v = ?",
                                person,
                                version)
                        == 1
                && session.number(
                                "SELECT user_version FROM personal_lists WHERE user_id = ? AND list = 'sessions'",
                                person)
                        >= version;
    }

    @Override
    public void close() throws SQLException {
        session.close();
    }
}
