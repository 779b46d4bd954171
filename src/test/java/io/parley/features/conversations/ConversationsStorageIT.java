package io.parley.features.conversations;

import static io.parley.support.testing.StorageSession.item;
import static io.parley.support.testing.StorageSession.newId;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.testing.StorageExtension;
import io.parley.support.testing.StorageSession;
import io.parley.support.testing.StorageSession.Change;
import io.parley.support.testing.StorageSession.Created;
import io.parley.support.testing.StorageSession.Send;
import io.parley.support.testing.TestDatabase;
import io.parley.support.testing.Threads;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Creating conversations, and who may change them and their members. */
@ExtendWith(StorageExtension.class)
class ConversationsStorageIT {

    private final TestDatabase database;
    private StorageSession session;
    private UUID owner;
    private UUID admin;
    private UUID member;
    private UUID stranger;
    private UUID room;

    ConversationsStorageIT(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void open() throws SQLException {
        session = new StorageSession(database);
        owner = session.person();
        admin = session.person();
        member = session.person();
        stranger = session.person();
        room = session.group(owner, admin, member);
        session.setRole(room, owner, admin, "admin");
    }

    @AfterEach
    void close() throws SQLException {
        session.close();
    }

    @Test
    void twentyWhoOpenTheSameDirectConversationGetOne() throws Exception {
        List<Created> created = Threads.together(20, place -> {
            try (StorageSession own = new StorageSession(database)) {
                List<UUID> pair = place % 2 == 0 ? List.of(owner, stranger) : List.of(stranger, owner);
                return own.create(List.of(item(newId(), "direct", pair.getFirst(), pair)))
                        .getFirst();
            }
        });

        assertThat(created).extracting(Created::outcome).containsOnlyOnce("created");
        assertThat(created)
                .extracting(Created::id)
                .containsOnly(created.getFirst().id());
        assertThat(session.number(
                        "SELECT count(*) FROM user_conversations WHERE user_id = ? AND type = 'direct'", stranger))
                .isOne();
    }

    @Test
    void makingAConversationReadsItsPeopleAndNotTheWholeTenant() throws SQLException {
        List<UUID> people = session.people(2_000);
        List<Map<String, Object>> items = List.of(item(newId(), "group", null, people.subList(0, 3)));

        assertThat(session.rowsRead("users", () -> session.create(items)))
                .as("while the planner knows nothing of them")
                .isBetween(3L, 100L);
        session.update("ANALYZE users");
        assertThat(session.rowsRead("users", () -> session.create(items)))
                .as("when it knows how many they are")
                .isBetween(3L, 100L);
    }

    @Test
    void aPageOfMembersFoundByALetterReadsNoMoreThanAPage() throws SQLException {
        session.update("VACUUM ANALYZE users, user_words, members");
        session.update("PREPARE along AS " + MemberStore.ALONG_WORDS);
        assertThat(found()).as("with a plan that is made now").isZero();
        session.update("INSERT INTO users (tenant_id, id, username, username_folded, display_name, words)"
                + " SELECT '" + TestDatabase.TENANT + "', uuidv7(), x, x, x, ARRAY[x]"
                + " FROM (SELECT 'zebra' || gen_random_uuid() AS x FROM generate_series(1, 5000)) names");
        session.update("INSERT INTO members (tenant_id, root_id, conversation_id, user_id, role, active, version,"
                + " joined_at, from_number, from_version, from_counted)"
                + " SELECT tenant_id, '" + room + "', '" + room + "', id, 'member', true, 1, now(), 1, 1, 0"
                + " FROM users WHERE username LIKE 'zebra%'");

        readsNoMoreThanAPage("with the plan that was made while the tables were small");
        session.update("DISCARD PLANS");
        readsNoMoreThanAPage("while the planner knows nothing of them");
        session.update("ANALYZE users, user_words, members");
        readsNoMoreThanAPage("when it knows how many they are");
    }

    private void readsNoMoreThanAPage(String when) throws SQLException {
        for (String table : List.of("members", "users", "user_words")) {
            assertThat(session.rowsRead(table, () -> assertThat(found()).isEqualTo(21)))
                    .as(table + " " + when)
                    .isBetween(21L, 100L);
        }
    }

    /** Members whose names begin with a z, on the first page of twenty, and the first of the next one. */
    private int found() throws SQLException {
        String parameters = "('%s', '%s', '%s', true, '', '%s', 21, 'z', '{z}')"
                .formatted(room, TestDatabase.TENANT, owner, new UUID(0, 0));
        List<String> people = session.query("EXECUTE along" + parameters, row -> row.text("user_id"));
        return (int) people.stream().filter(Objects::nonNull).count();
    }

    @Test
    void crossedBulkCreationsOfTheSamePairsDoNotDeadlock() throws Exception {
        List<UUID> people = session.people(12);
        List<Map<String, Object>> items = new ArrayList<>();
        for (UUID one : people) {
            for (UUID other : people) {
                items.add(item(newId(), "direct", null, List.of(one, other)));
            }
        }

        List<List<Created>> answers = Threads.together(6, place -> {
            List<Map<String, Object>> shuffled = new ArrayList<>(items);
            Collections.shuffle(shuffled, new Random(place));
            try (StorageSession own = new StorageSession(database)) {
                return own.create(shuffled);
            }
        });

        long pairs = 12 * 13 / 2;
        assertThat(answers.stream()
                        .flatMap(List::stream)
                        .filter(one -> one.outcome().equals("created")))
                .hasSize((int) pairs);
        assertThat(answers.stream().flatMap(List::stream).map(Created::outcome).distinct())
                .containsExactlyInAnyOrder("created", "exists");
        assertThat(answers.stream().flatMap(List::stream).map(Created::id).distinct())
                .hasSize((int) pairs);
    }

    @Test
    void theSameIdFromTwentyConnectionsMakesOneGroup() throws Exception {
        Map<String, Object> item = item(newId(), "group", owner, List.of(owner, member));

        List<Created> created = Threads.together(20, place -> {
            try (StorageSession own = new StorageSession(database)) {
                return own.create(List.of(item)).getFirst();
            }
        });

        assertThat(created).extracting(Created::outcome).containsOnlyOnce("created");
        assertThat(created).extracting(Created::outcome).containsOnly("created", "exists");
        assertThat(session.number("SELECT count(*) FROM members WHERE conversation_id = ?", item.get("id")))
                .isEqualTo(2);
    }

    @Test
    void aCreatorOwnsHisGroupAndWithoutOneTheFirstMemberDoes() throws SQLException {
        UUID made = newId();
        UUID provisioned = newId();

        session.create(List.of(
                item(made, "group", owner, List.of(member, owner)),
                item(provisioned, "group", null, List.of(member, owner, member))));

        assertThat(role(made, owner)).isEqualTo("owner");
        assertThat(role(made, member)).isEqualTo("member");
        assertThat(role(provisioned, member)).isEqualTo("owner");
        assertThat(role(provisioned, owner)).isEqualTo("member");
    }

    @Test
    void aDirectConversationMayBeWithOneself() throws SQLException {
        Created notes = session.create(List.of(item(newId(), "direct", owner, List.of(owner))))
                .getFirst();
        Created again = session.create(List.of(item(newId(), "direct", owner, List.of(owner, owner))))
                .getFirst();

        assertThat(notes.outcome()).isEqualTo("created");
        assertThat(notes.userVersions()).containsOnlyKeys(owner);
        assertThat(again.outcome()).isEqualTo("exists");
        assertThat(again.id()).isEqualTo(notes.id());
    }

    @Test
    void itemsOfOneCallAreJudgedOneByOne() throws SQLException {
        UUID suspended = session.person();
        session.update("UPDATE users SET status = 'suspended' WHERE id = ?", suspended);
        UUID id = newId();
        UUID direct = newId();

        List<Created> created = session.create(List.of(
                item(id, "group", owner, List.of(member)),
                item(id, "group", owner, List.of(stranger)),
                item(id, "group", member, List.of(owner)),
                item(id, "direct", owner, List.of(stranger)),
                item(newId(), "group", owner, List.of(suspended)),
                item(newId(), "group", owner, List.of(newId())),
                item(newId(), "group", null, List.of()),
                item(newId(), "direct", owner, List.of(admin, member)),
                item(direct, "direct", owner, List.of(member)),
                item(newId(), "direct", member, List.of(owner)),
                item(direct, "direct", owner, List.of(stranger)),
                item(room, "group", stranger, List.of(owner))));

        assertThat(created)
                .extracting(Created::outcome)
                .containsExactly(
                        "created",
                        "exists",
                        "conflict",
                        "conflict",
                        "not_found",
                        "not_found",
                        "not_found",
                        "not_found",
                        "created",
                        "exists",
                        "conflict",
                        "conflict");
        assertThat(created.get(9).id()).isEqualTo(direct);
        assertThat(session.number("SELECT count(*) FROM direct_pairs WHERE conversation_id NOT IN"
                        + " (SELECT id FROM conversations WHERE type = 'direct')"))
                .isZero();
    }

    @Test
    void addingFollowsTheRoles() throws SQLException {
        assertThat(session.add(room, stranger, "member", stranger).outcome()).isEqualTo("not_found");
        assertThat(session.add(room, member, "member", stranger).outcome()).isEqualTo("forbidden");
        assertThat(session.add(room, admin, "owner", stranger).outcome()).isEqualTo("forbidden");
        assertThat(session.add(room, admin, "admin", stranger).outcome()).isEqualTo("ok");
        assertThat(session.add(room, null, "owner", session.person()).outcome()).isEqualTo("ok");
        assertThat(session.add(newId(), owner, "member", stranger).outcome()).isEqualTo("not_found");
        UUID direct = newId();
        session.create(List.of(item(direct, "direct", owner, List.of(member))));
        assertThat(session.add(direct, owner, "member", stranger).outcome()).isEqualTo("forbidden");
    }

    @Test
    void addingLeavesMembersAsTheyAreAndTellsOnlyOfNewOnes() throws SQLException {
        Change change = session.add(room, owner, "member", admin, stranger, stranger, member);

        assertThat(change.outcome()).isEqualTo("ok");
        assertThat(change.userVersions()).containsOnlyKeys(stranger);
        assertThat(change.memberCount()).isEqualTo(4);
        assertThat(change.messageVersion()).isEqualTo(change.version() + 1);
        assertThat(role(room, admin)).isEqualTo("admin");
        assertThat(session.add(room, owner, "member", stranger, member).outcome())
                .isEqualTo("unchanged");
    }

    @Test
    void addingIsAllOrNothing() throws SQLException {
        UUID suspended = session.person();
        session.update("UPDATE users SET status = 'suspended' WHERE id = ?", suspended);

        assertThat(session.add(room, owner, "member", stranger, suspended).outcome())
                .isEqualTo("user_not_found");
        assertThat(session.add(room, owner, "member", newId(), 3, stranger).outcome())
                .isEqualTo("too_many");

        assertThat(session.number("SELECT count(*) FROM members WHERE conversation_id = ?", room))
                .isEqualTo(3);
        assertThat(session.number("SELECT last_version FROM conversation_counters WHERE id = ?", room))
                .isEqualTo(2);
    }

    @Test
    void aRepeatedChangeIsADuplicate() throws SQLException {
        UUID added = newId();
        UUID removed = newId();
        session.add(room, owner, "member", added, 10, stranger);
        session.remove(room, stranger, stranger, removed);

        assertThat(session.add(room, owner, "member", added, 10, stranger).outcome())
                .isEqualTo("duplicate");
        assertThat(session.remove(room, stranger, stranger, removed).outcome()).isEqualTo("duplicate");
        assertThat(role(room, stranger)).isEmpty();
    }

    @Test
    void anybodyJoinsAPublicGroupButOnlyHimself() throws SQLException {
        session.update(room, owner, null, "public", null);

        assertThat(session.add(room, stranger, "member", session.person()).outcome())
                .isEqualTo("not_found");
        assertThat(session.add(room, stranger, "admin", stranger).outcome()).isEqualTo("not_found");
        assertThat(session.add(room, stranger, "member", stranger).outcome()).isEqualTo("ok");
        assertThat(notice()).contains("member_joined");
    }

    @Test
    void removingFollowsTheRoles() throws SQLException {
        UUID second = session.person();
        session.add(room, owner, "owner", second);

        assertThat(session.remove(room, stranger, member).outcome()).isEqualTo("not_found");
        assertThat(session.remove(room, owner, stranger).outcome()).isEqualTo("not_found");
        assertThat(session.remove(room, member, admin).outcome()).isEqualTo("forbidden");
        assertThat(session.remove(room, admin, owner).outcome()).isEqualTo("forbidden");
        assertThat(session.remove(room, owner, second).outcome()).isEqualTo("forbidden");
        assertThat(session.remove(room, owner, admin).outcome()).isEqualTo("ok");
        assertThat(notice()).contains("member_removed");
        assertThat(session.remove(room, member, member).outcome()).isEqualTo("ok");
        assertThat(notice()).contains("member_left");
        assertThat(session.remove(room, null, second).outcome()).isEqualTo("ok");
    }

    @Test
    void aGroupKeepsAnOwnerWhileItHasMembers() throws SQLException {
        assertThat(session.remove(room, owner, owner).outcome()).isEqualTo("last_owner");
        assertThat(session.remove(room, null, owner).outcome()).isEqualTo("last_owner");
        assertThat(session.setRole(room, owner, owner, "member").outcome()).isEqualTo("last_owner");

        session.setRole(room, owner, member, "owner");
        assertThat(session.remove(room, owner, owner).outcome()).isEqualTo("ok");
        session.remove(room, admin, admin);
        assertThat(session.remove(room, member, member).outcome()).isEqualTo("ok");
        assertThat(session.number(
                        "SELECT count(*) FROM conversations WHERE id = ? AND status = 'deleted' AND member_count = 1",
                        room))
                .as("it ends with its last member, who may restore it")
                .isOne();
        assertThat(role(room, member)).isEqualTo("owner");
    }

    @Test
    void ofTwoOwnersWhoLeaveAtOnceOneStays() throws Exception {
        for (int round = 0; round < 20; round++) {
            List<UUID> people = session.people(3);
            UUID group = session.group(people);
            session.setRole(group, null, people.get(1), "owner");

            List<String> outcomes = Threads.together(2, place -> {
                try (StorageSession own = new StorageSession(database)) {
                    return own.remove(group, people.get(place), people.get(place))
                            .outcome();
                }
            });

            assertThat(outcomes).containsExactlyInAnyOrder("ok", "last_owner");
        }
    }

    @Test
    void rolesAreGivenByOwnersAndAnybodyMayStepDown() throws SQLException {
        assertThat(session.setRole(room, admin, member, "admin").outcome()).isEqualTo("forbidden");
        assertThat(session.setRole(room, member, member, "admin").outcome()).isEqualTo("forbidden");
        assertThat(session.setRole(room, stranger, member, "admin").outcome()).isEqualTo("not_found");
        assertThat(session.setRole(room, owner, stranger, "admin").outcome()).isEqualTo("not_found");
        assertThat(session.setRole(room, owner, member, "member").outcome()).isEqualTo("unchanged");
        assertThat(session.setRole(room, admin, admin, "member").outcome()).isEqualTo("ok");
        assertThat(session.setRole(room, owner, member, "owner").outcome()).isEqualTo("ok");
        assertThat(session.setRole(room, null, owner, "admin").outcome()).isEqualTo("ok");
        assertThat(role(room, owner)).isEqualTo("admin");
    }

    @Test
    void settingsAreChangedByOwnersAndAdmins() throws SQLException {
        assertThat(session.update(room, member, "x", null, null).outcome()).isEqualTo("forbidden");
        assertThat(session.update(room, stranger, "x", null, null).outcome()).isEqualTo("not_found");
        assertThat(session.update(room, admin, null, "private", "all").outcome())
                .isEqualTo("unchanged");

        Change renamed = session.update(room, admin, "New", null, null);

        assertThat(renamed.outcome()).isEqualTo("ok");
        assertThat(notice()).contains("renamed").contains("New");
        assertThat(session.number("SELECT version FROM conversations WHERE id = ?", room))
                .isEqualTo(renamed.version());
        assertThat(session.update(room, admin, "New", "public", null).outcome()).isEqualTo("ok");
        assertThat(notice()).contains("settings_changed").contains("visibility").doesNotContain("New");
    }

    @Test
    void whoComesBackHasTwoIntervalsAndDoesNotSeeHisRemoval() throws SQLException {
        session.append(Send.text(room, owner));
        Change joined = session.add(room, owner, "member", stranger);
        session.append(Send.text(room, stranger));
        Change removed = session.remove(room, owner, stranger);
        session.append(Send.text(room, owner));
        Change again = session.add(room, owner, "admin", stranger);

        assertThat(session.query(
                        "SELECT * FROM member_intervals WHERE user_id = ? ORDER BY from_version",
                        row -> List.of(
                                row.number("from_number"),
                                row.number("to_number"),
                                row.number("from_version"),
                                row.number("to_version")),
                        stranger))
                .containsExactly(
                        List.of(joined.messageNumber(), removed.messageNumber(), joined.version(), removed.version()),
                        List.of(again.messageNumber(), 0L, again.version(), 0L));
        assertThat(role(room, stranger)).isEqualTo("admin");
        assertThat(session.query(
                        "SELECT state, user_version FROM user_conversations WHERE user_id = ?",
                        row -> row.text("state") + row.number("user_version"),
                        stranger))
                .containsExactly("member3");
    }

    private List<String> roles(UUID conversation, UUID person) throws SQLException {
        return session.query(
                "SELECT role FROM members WHERE conversation_id = ? AND user_id = ? AND active",
                row -> row.text("role"),
                conversation,
                person);
    }

    private String role(UUID conversation, UUID person) throws SQLException {
        return String.join("", roles(conversation, person));
    }

    /** The last system message of the room. */
    private String notice() throws SQLException {
        return session.query(
                        "SELECT content FROM messages WHERE conversation_id = ? ORDER BY number DESC LIMIT 1",
                        row -> row.text("content"),
                        room)
                .getFirst();
    }
}
