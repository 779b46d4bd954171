package io.parley.features.contacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.support.testing.StorageExtension;
import io.parley.support.testing.StorageSession;
import io.parley.support.testing.TestDatabase;
import io.parley.support.testing.Threads;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Hashes by which people are found: kept as people are, whatever happens at once, and given out with measure. */
@ExtendWith(StorageExtension.class)
class DiscoveryStorageIT {
    private static final int PER_DAY = 500;
    private static final int LIFE = 168;
    private static final int GRACE = 24;

    private final TestDatabase database;
    private StorageSession session;
    private UUID seeker;
    private UUID found;

    DiscoveryStorageIT(TestDatabase database) {
        this.database = database;
    }

    /** A salt as clients get it. */
    private record Salt(UUID id, byte[] bytes) {
        byte[] hash(String value) throws Exception {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes);
            return digest.digest(value.getBytes(StandardCharsets.UTF_8));
        }
    }

    private record Answer(String outcome, long waitMs, List<UUID> people) {}

    @BeforeEach
    void open() throws SQLException {
        session = new StorageSession(database);
        session.update("TRUNCATE discovery_salts, discovery_hashes, discovery_quotas, blocks");
        session.update("UPDATE users SET phone = NULL, discoverable_by_email = false");
        session.update(
                "INSERT INTO discovery_salts (tenant_id, published_at) VALUES (?, clock_timestamp())",
                TestDatabase.TENANT);
        seeker = session.person();
        found = session.person();
    }

    @AfterEach
    void close() throws SQLException {
        session.close();
    }

    private Salt salt() throws SQLException {
        return session.query(
                        "SELECT id, encode(salt, 'hex') AS salt FROM discovery_salts WHERE tenant_id = ?"
                                + " AND published_at IS NOT NULL ORDER BY published_at DESC LIMIT 1",
                        row -> new Salt(row.id("id"), HexFormat.of().parseHex(row.text("salt"))),
                        TestDatabase.TENANT)
                .getFirst();
    }

    private void phone(UUID person, @Nullable String number) throws SQLException {
        session.update("UPDATE users SET phone = ? WHERE id = ?", number, person);
    }

    private Answer ask(Salt salt, String... values) throws Exception {
        List<byte[]> hashes = new ArrayList<>();
        for (String value : values) {
            hashes.add(salt.hash(value));
        }
        return ask(session, seeker, salt, hashes);
    }

    private static Answer ask(StorageSession session, UUID seeker, Salt salt, List<byte[]> hashes) throws SQLException {
        return session.query(
                        "SELECT outcome, wait_ms, places, people FROM discover_people(?, ?, ?, ?, ?, 10)",
                        row -> new Answer(
                                row.text("outcome"),
                                row.number("wait_ms"),
                                row.rows().getArray("people") == null
                                        ? List.of()
                                        : List.of((UUID[])
                                                row.rows().getArray("people").getArray())),
                        TestDatabase.TENANT,
                        seeker,
                        salt.id(),
                        session.connection().createArrayOf("bytea", hashes.toArray(byte[][]::new)),
                        PER_DAY)
                .getFirst();
    }

    @Test
    void peopleAreFoundByPhoneUnlessTheySayNoAndByMailOnlyIfTheySayYes() throws Exception {
        Salt salt = salt();
        phone(found, "+49301234567");
        session.update("UPDATE users SET email = 'X@y.org', email_folded = 'x@y.org' WHERE id = ?", found);
        assertThat(ask(salt, "phone:+49301234567", "phone:+49301234568").people())
                .containsExactly(found);
        assertThat(ask(salt, "email:x@y.org").people()).isEmpty();

        session.update(
                "UPDATE users SET discoverable_by_phone = false, discoverable_by_email = true WHERE id = ?", found);
        assertThat(ask(salt, "phone:+49301234567").people()).isEmpty();
        assertThat(ask(salt, "email:x@y.org").people()).containsExactly(found);

        session.update("UPDATE users SET discoverable_by_phone = true WHERE id = ?", found);
        phone(found, "+33123456789");
        assertThat(ask(salt, "phone:+49301234567").people()).isEmpty();
        assertThat(ask(salt, "phone:+33123456789").people()).containsExactly(found);
        phone(found, null);
        session.update("UPDATE users SET email_folded = 'z@y.org' WHERE id = ?", found);
        assertThat(ask(salt, "phone:+33123456789", "email:x@y.org").people()).isEmpty();
        assertThat(session.number("SELECT count(*) FROM discovery_hashes")).isEqualTo(1);
    }

    @Test
    void whoComesWithAnAddressOrNumberIsThereAtOnce() throws Exception {
        UUID fresh = StorageSession.newId();
        session.update(
                "INSERT INTO users (tenant_id, id, username, username_folded, display_name, words, phone)"
                        + " VALUES (?, ?, ?, ?, 'P', '{}', '+4912345678')",
                TestDatabase.TENANT,
                fresh,
                fresh.toString(),
                fresh.toString());

        assertThat(ask(salt(), "phone:+4912345678").people()).containsExactly(fresh);
    }

    @Test
    void nobodyIsFoundWhoIsNotThereForTheOneWhoAsks() throws Exception {
        Salt salt = salt();
        UUID foreigner = session.person();
        session.update("UPDATE users SET tenant_id = ? WHERE id = ?", StorageSession.newId(), foreigner);
        for (UUID person : List.of(found, seeker, foreigner)) {
            phone(person, "+49301234567");
        }
        assertThat(ask(salt, "phone:+49301234567").people()).containsExactly(found);

        new Acquaintance(session).block(seeker, found);
        assertThat(ask(salt, "phone:+49301234567").people()).containsExactly(found);
        new Acquaintance(session).block(found, seeker);
        assertThat(ask(salt, "phone:+49301234567").people()).isEmpty();
        new Acquaintance(session).unblock(found, seeker);
        session.update("UPDATE users SET status = 'suspended' WHERE id = ?", found);
        assertThat(ask(salt, "phone:+49301234567").people()).isEmpty();
    }

    @Test
    void severalMayClaimANumberButNotFillTheAnswer() throws Exception {
        for (UUID person : session.people(12)) {
            phone(person, "+49301234567");
        }

        assertThat(ask(salt(), "phone:+49301234567", "phone:+49301234567").people())
                .hasSize(20);
    }

    @Test
    void aQuestionCostsLookUpsHoweverManyCanBeFound() throws Exception {
        session.update(
                "INSERT INTO users (tenant_id, id, username, username_folded, display_name, words, phone)"
                        + " SELECT ?, gen_random_uuid(), 'many' || n, 'many' || n, 'P', '{}', '+4930' || 1000000 + n"
                        + " FROM generate_series(1, 5000) n",
                TestDatabase.TENANT);
        Salt salt = salt();
        List<byte[]> hashes = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            hashes.add(salt.hash("phone:+4930" + (1_004_950 + i)));
        }

        assertThat(ask(session, seeker, salt, hashes).people()).hasSize(50);
        assertThat(session.rowsRead("discovery_hashes", () -> ask(session, seeker, salt, hashes)))
                .isLessThanOrEqualTo(50);
        assertThat(session.rowsRead("users", () -> ask(session, seeker, salt, hashes)))
                .as("and his own, whether he is a guest")
                .isLessThanOrEqualTo(51);
    }

    @Test
    void theQuotaIsExactHoweverManyAskAtOnce() throws Exception {
        Salt salt = salt();
        List<byte[]> hashes = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            hashes.add(salt.hash("phone:+4930" + i));
        }

        List<Integer> granted = Threads.together(6, place -> {
            try (StorageSession own = new StorageSession(database)) {
                int mine = 0;
                while (ask(own, seeker, salt, hashes).outcome().equals("ok")) {
                    mine += hashes.size();
                }
                return mine;
            }
        });

        assertThat(granted.stream().mapToInt(Integer::intValue).sum()).isEqualTo(497);
    }

    @Test
    void whatWasUsedComesBackOverADay() throws Exception {
        Salt salt = salt();
        List<byte[]> all = java.util.Collections.nCopies(PER_DAY, salt.hash("phone:+4930"));
        assertThat(ask(session, seeker, salt, all).outcome()).isEqualTo("ok");

        Answer limited = ask(session, seeker, salt, all);
        assertThat(limited.outcome()).isEqualTo("limited");
        assertThat(limited.waitMs()).isBetween(86_300_000L, 86_400_000L);
        assertThat(ask(salt, "phone:+4930").waitMs()).isBetween(1L, 86_400_000L / PER_DAY);

        session.update("UPDATE discovery_quotas SET counted_at = counted_at - interval '12 hours'");
        assertThat(ask(session, seeker, salt, all.subList(0, 251)).outcome()).isEqualTo("limited");
        assertThat(ask(session, seeker, salt, all.subList(0, 249)).outcome()).isEqualTo("ok");
        assertThat(ask(session, found, salt, all).outcome()).isEqualTo("ok");
        session.update("UPDATE discovery_quotas SET counted_at = counted_at - interval '9 days'");
        assertThat(ask(session, seeker, salt, all).outcome()).isEqualTo("ok");
        assertThat(ask(salt, "phone:+4930").outcome()).isEqualTo("limited");
    }

    private boolean tend() throws SQLException {
        return session.number("SELECT tend_discovery(?, ?, 2)::int", LIFE, GRACE) == 1;
    }

    private void tendToTheEnd() throws SQLException {
        while (tend()) {
            assertThat(session.number("SELECT count(*) FROM discovery_salts")).isLessThanOrEqualTo(3);
        }
    }

    private void pass(String time) throws SQLException {
        session.update(
                "UPDATE discovery_salts SET made_at = made_at - ?::interval,"
                        + " published_at = published_at - ?::interval, expires_at = expires_at - ?::interval",
                time,
                time,
                time);
    }

    @Test
    void aNewSaltIsFilledThenPublishedAndTheOldOneIsTakenForADay() throws Exception {
        List<UUID> people = session.people(5);
        for (int i = 0; i < 5; i++) {
            phone(people.get(i), "+4930100000" + i);
        }
        Salt first = salt();
        tendToTheEnd();
        assertThat(session.number("SELECT count(*) FROM discovery_salts WHERE tenant_id = ?", TestDatabase.TENANT))
                .isEqualTo(1);

        pass("169 hours");
        assertThat(tend()).isFalse();
        assertThat(salt().id()).isEqualTo(first.id());
        phone(people.get(0), "+49301000009");
        pass("2 minutes");
        tendToTheEnd();

        Salt second = salt();
        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(Arrays.equals(second.bytes(), first.bytes())).isFalse();
        assertThat(second.bytes()).hasSize(32);
        for (Salt salt : List.of(first, second)) {
            assertThat(ask(salt, "phone:+49301000000", "phone:+49301000009", "phone:+49301000001")
                            .people())
                    .containsExactly(people.get(0), people.get(1));
        }

        pass("25 hours");
        assertThat(ask(first, "phone:+49301000001").outcome()).isEqualTo("expired");
        assertThat(ask(second, "phone:+49301000001").outcome()).isEqualTo("ok");
        phone(people.get(1), "+49301000008");
        tendToTheEnd();
        assertThat(session.number("SELECT count(*) FROM discovery_hashes WHERE salt_id = ?", first.id()))
                .isZero();
        assertThat(session.number("SELECT count(*) FROM discovery_hashes")).isEqualTo(5);
        assertThat(session.number("SELECT count(*) FROM discovery_salts WHERE tenant_id = ?", TestDatabase.TENANT))
                .isEqualTo(1);
    }

    @Test
    void unknownSaltsAndThoseNotPublishedAreTakenForExpiredAndCostNothing() throws Exception {
        pass("169 hours");
        tend();
        UUID unpublished = session.query(
                        "SELECT id FROM discovery_salts WHERE published_at IS NULL", row -> row.id("id"))
                .getFirst();
        UUID foreign = session.query(
                        "INSERT INTO discovery_salts (tenant_id, published_at) VALUES (?, now()) RETURNING id",
                        row -> row.id("id"),
                        StorageSession.newId())
                .getFirst();

        for (UUID id : List.of(unpublished, foreign, StorageSession.newId())) {
            assertThat(ask(new Salt(id, new byte[32]), "phone:+4930").outcome()).isEqualTo("expired");
        }
        assertThat(session.number("SELECT count(*) FROM discovery_quotas")).isZero();
    }

    @Test
    void everyTenantHasASaltFromTheBeginning() throws SQLException {
        UUID tenant = StorageSession.newId();
        session.update("INSERT INTO tenants (id, slug, name) VALUES (?, ?, 'T')", tenant, tenant.toString());

        assertThat(session.number(
                        "SELECT count(*) FROM discovery_salts WHERE tenant_id = ? AND published_at IS NOT NULL",
                        tenant))
                .isEqualTo(1);
        session.update("DELETE FROM tenants WHERE id = ?", tenant);
    }

    /** The change is under way while the new salt is being filled: what it was before must not stay. */
    @Test
    void aNumberThatIsChangedWhileASaltIsFilledIsThereAsItIsInTheEnd() throws Exception {
        phone(found, "+49301111111");
        pass("169 hours");
        tend();
        pass("2 minutes");
        session.connection().setAutoCommit(false);
        phone(found, "+49302222222");

        try (StorageSession other = new StorageSession(database);
                var threads = Executors.newSingleThreadExecutor()) {
            var filling = threads.submit(() -> other.number("SELECT tend_discovery(?, ?, 100)::int", LIFE, GRACE));
            await().until(() -> waiting() == 1);
            session.connection().commit();
            session.connection().setAutoCommit(true);
            assertThat(filling.get(30, TimeUnit.SECONDS)).isEqualTo(1);
        }

        assertThat(session.number("SELECT count(*) FROM discovery_salts WHERE published_at IS NOT NULL"))
                .isEqualTo(2);
        assertThat(ask(salt(), "phone:+49301111111").people()).isEmpty();
        assertThat(ask(salt(), "phone:+49302222222").people()).containsExactly(found);
    }

    private long waiting() throws SQLException {
        try (StorageSession looking = new StorageSession(database)) {
            return looking.number("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                    + " AND query LIKE '%tend_discovery%' AND datname = current_database()");
        }
    }
}
