package io.parley.features.devices;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.features.devices.LoginTable.Ended;
import io.parley.features.devices.LoginTable.Opened;
import io.parley.support.testing.StorageExtension;
import io.parley.support.testing.StorageSession;
import io.parley.support.testing.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Log-ins in the database: how they begin and end, and which tokens hold meanwhile. */
@ExtendWith(StorageExtension.class)
class DevicesStorageIT {
    private static final UUID STRANGER = StorageSession.newId();

    private final TestDatabase database;
    private LoginTable table;
    private UUID ada;

    @SuppressWarnings("NullAway.Init") // the rest is made before each test
    DevicesStorageIT(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void open() throws SQLException {
        table = new LoginTable(database);
        ada = table.session.person();
    }

    @AfterEach
    void close() throws SQLException {
        table.close();
    }

    @Test
    void ofAnAddressTheNetworkIsKept() throws SQLException {
        assertThat(coarse("203.0.113.77")).isEqualTo("203.0.113.0/24");
        assertThat(coarse("2001:db8:42:7::/64")).isEqualTo("2001:db8:42::/48");
        assertThat(coarse("0:0:0:0::/64")).isEqualTo("::/48");
        assertThat(coarse("unknown")).isNull();
    }

    private @Nullable String coarse(String address) throws SQLException {
        return table.open(ada, StorageSession.newId(), address, 100).coarse();
    }

    @Test
    void aLogInAndItsEndAreEachAChangeOfThePersonsList() throws SQLException {
        UUID login = StorageSession.newId();

        Opened opened = table.open(ada, login, "unknown", 100);
        Ended ended = table.end(ada, login);

        assertThat(opened.version()).isEqualTo(1);
        assertThat(ended).isEqualTo(new Ended(1, 2L));
        assertThat(table.told(ada, 1)).isTrue();
        assertThat(table.told(ada, 2)).isTrue();
        assertThat(table.session.number("SELECT ended_version FROM refresh_families WHERE id = ?", login))
                .isEqualTo(2);
    }

    @Test
    void endingWhatHasEndedOrIsSomebodyElsesChangesNothing() throws SQLException {
        UUID login = table.open(ada);
        UUID other = table.session.person();
        UUID others = table.open(other);
        table.end(ada, login);

        assertThat(table.end(ada, login, others, STRANGER)).isEqualTo(new Ended(0, null));

        assertThat(table.living(other)).containsExactly(others);
        assertThat(table.session.number("SELECT user_version FROM user_counters WHERE user_id = ?", ada))
                .isEqualTo(2);
    }

    @Test
    void ofTooManyThoseEndThatWereNotUsedForLongest() throws SQLException {
        UUID first = table.open(ada);
        UUID second = table.open(ada);
        UUID third = table.open(ada);
        table.rotate(first, 0);
        UUID fourth = StorageSession.newId();

        Opened opened = table.open(ada, fourth, "unknown", 2);

        assertThat(table.living(ada)).containsExactly(first, fourth);
        assertThat(opened.replacedVersion()).isEqualTo(4);
        assertThat(opened.version()).isEqualTo(5);
        assertThat(table.holds(ada, second)).isFalse();
        assertThat(table.holds(ada, third)).isFalse();
    }

    @Test
    void whoIsNotActiveDoesNotLogIn() throws SQLException {
        table.session.update("UPDATE users SET status = 'suspended' WHERE id = ?", ada);

        assertThat(table.open(ada, StorageSession.newId(), "unknown", 100).outcome())
                .isEqualTo("inactive");
        assertThat(table.open(STRANGER, StorageSession.newId(), "unknown", 100).outcome())
                .isEqualTo("inactive");
        assertThat(table.living(ada)).isEmpty();
    }

    @Test
    void aTokenOfALogInHoldsAsLongAsItAndIsThePersonsOnly() throws SQLException {
        UUID login = table.open(ada);
        UUID other = table.session.person();

        assertThat(table.holds(ada, login)).isTrue();
        assertThat(table.holds(other, login)).isFalse();
        assertThat(table.holds(STRANGER, ada, login, 0)).isFalse();
        assertThat(table.holds(ada, STRANGER)).isFalse();

        table.end(ada, login);
        assertThat(table.holds(ada, login)).isFalse();
    }

    @Test
    void aTokenOfNoLogInHoldsWhenItWasIssuedAfterTheLastLogOutEverywhere() throws SQLException {
        assertThat(table.holds(TestDatabase.TENANT, ada, null, 1_000_000_000)).isTrue();

        table.endAll(ada, null, true);

        assertThat(table.holds(TestDatabase.TENANT, ada, null, 1)).isFalse();
        assertThat(table.holds(TestDatabase.TENANT, ada, null, -2)).isTrue();
    }

    @Test
    void loggingOutEverywhereElseLeavesOne() throws SQLException {
        UUID kept = table.open(ada);
        UUID gone = table.open(ada);
        UUID other = table.open(table.session.person());

        assertThat(table.endAll(ada, kept, true)).isEqualTo(new Ended(1, 3L));

        assertThat(table.living(ada)).containsExactly(kept);
        assertThat(table.holds(ada, gone)).isFalse();
        assertThat(table.session.number(
                        "SELECT count(*) FROM refresh_families WHERE id = ? AND ended_at IS NULL", other))
                .isOne();
    }

    @Test
    void whereNothingIsLeftButTokensTheyEndWithAVersionAllTheSame() throws SQLException {
        assertThat(table.endAll(ada, null, false)).isEqualTo(new Ended(0, null));
        assertThat(table.endAll(ada, null, true)).isEqualTo(new Ended(0, 1L));
        assertThat(table.told(ada, 1)).isTrue();
    }

    @Test
    void anOldRefreshTokenThatComesBackEndsTheLogInWithAVersion() throws SQLException {
        UUID login = table.open(ada);
        assertThat(table.rotate(login, 0)).isEqualTo("ok");
        assertThat(table.rotate(login, 1)).isEqualTo("ok");

        assertThat(table.rotate(login, 0)).isEqualTo("reused");

        assertThat(table.holds(ada, login)).isFalse();
        assertThat(table.told(ada, 2)).isTrue();
        assertThat(table.rotate(login, 2)).isEqualTo("ended");
    }

    @Test
    void aSuspensionEndsAllLogInsAndThePersonsList() throws SQLException {
        UUID login = table.open(ada);

        table.session.query("SELECT * FROM set_account_status(?, 'suspended')", row -> row.text("outcome"), ada);
        table.session.query("SELECT * FROM set_account_status(?, 'active')", row -> row.text("outcome"), ada);

        assertThat(table.holds(ada, login)).isFalse();
        assertThat(table.living(ada)).isEmpty();
        assertThat(table.told(ada, 2)).isTrue();
        assertThat(table.session.number("SELECT ended_version FROM refresh_families WHERE id = ?", login))
                .isEqualTo(2);
    }

    @Test
    void onlyWhatIsNewIsNoted() throws SQLException {
        UUID login = table.open(ada);
        String row = row(login);

        note(login, null, null);
        note(login, "web", "1.0");
        assertThat(row(login)).isEqualTo(row);

        note(login, null, "2.0");
        assertThat(row(login)).isNotEqualTo(row);
        assertThat(table.session.query(
                        "SELECT platform || ' ' || device_name || ' ' || app_version AS device FROM refresh_families WHERE id = ?",
                        found -> found.text("device"),
                        login))
                .containsExactly("web Laptop 2.0");
    }

    @Test
    void thatALogInIsInUseIsNotedEveryFiveMinutes() throws SQLException {
        UUID login = table.open(ada);
        table.session.update(
                "UPDATE refresh_families SET last_active_at = clock_timestamp() - interval '4 minutes' WHERE id = ?",
                login);
        String row = row(login);

        note(login, null, null);
        assertThat(row(login)).isEqualTo(row);

        table.session.update(
                "UPDATE refresh_families SET last_active_at = clock_timestamp() - interval '6 minutes' WHERE id = ?",
                login);
        note(login, null, null);
        assertThat(table.session.number(
                        "SELECT count(*) FROM refresh_families WHERE id = ?"
                                + " AND last_active_at > clock_timestamp() - interval '1 minute'",
                        login))
                .isOne();
    }

    private void note(UUID login, @Nullable String platform, @Nullable String appVersion) throws SQLException {
        table.session.query(
                "SELECT note_logins(ARRAY[?::uuid, ?::uuid], ARRAY[?::uuid, ?::uuid], ARRAY[NULL, NULL],"
                        + " ARRAY[?, NULL], ARRAY[NULL, NULL], ARRAY[?, NULL])",
                row -> "",
                TestDatabase.TENANT,
                TestDatabase.TENANT,
                login,
                STRANGER,
                platform,
                appVersion);
    }

    /** The row with its place, which every write changes. */
    private String row(UUID login) throws SQLException {
        return table.session
                .query(
                        "SELECT ctid || ' ' || f AS version FROM refresh_families f WHERE id = ?",
                        row -> row.text("version"),
                        login)
                .getFirst();
    }

    @Test
    void whatCannotBeRefreshedAnyMoreEndsAndIsForgottenAWeekLater() throws SQLException {
        UUID other = table.session.person();
        List<UUID> expired = List.of(table.open(ada), table.open(ada), table.open(other));
        UUID good = table.open(ada);
        for (UUID login : expired) {
            table.session.update(
                    "UPDATE refresh_families SET expires_at = clock_timestamp() - interval '1 s' WHERE id = ?", login);
        }

        assertThat(table.session.number("SELECT expire_logins(2)")).isEqualTo(2);
        assertThat(table.session.number("SELECT expire_logins(2)")).isEqualTo(1);
        assertThat(table.session.number("SELECT expire_logins(2)")).isZero();

        assertThat(table.living(ada)).containsExactly(good);
        assertThat(table.living(other)).isEmpty();
        assertThat(table.told(other, 2)).isTrue();
        table.session.update(
                "UPDATE refresh_families SET ended_at = now() - interval '8 days' WHERE id = ?", expired.getFirst());
        assertThat(table.session.number("SELECT expire_logins(2)")).isZero();
        assertThat(table.session.query(
                        "SELECT id FROM refresh_families WHERE user_id IN (?, ?)", row -> row.id("id"), ada, other))
                .containsExactlyInAnyOrder(expired.get(1), expired.get(2), good);
    }
}
