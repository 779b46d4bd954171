package io.parley.features.contacts;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.features.contacts.Acquaintance.Done;
import io.parley.support.testing.StorageExtension;
import io.parley.support.testing.StorageSession;
import io.parley.support.testing.StorageSession.Created;
import io.parley.support.testing.StorageSession.Send;
import io.parley.support.testing.TestDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a block ends, what it forbids, and what it leaves alone. Ada blocks Bob. */
@ExtendWith(StorageExtension.class)
class BlocksStorageIT {
    private final TestDatabase database;
    private StorageSession session;
    private Acquaintance people;
    private UUID ada;
    private UUID bob;

    BlocksStorageIT(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void open() throws SQLException {
        session = new StorageSession(database);
        people = new Acquaintance(session);
        session.update("TRUNCATE contacts, contact_requests, blocks");
        ada = session.person();
        bob = session.person();
    }

    @AfterEach
    void close() throws SQLException {
        session.close();
    }

    @Test
    void aBlockEndsAContactAndTheBlockedHearsOfNothingElse() throws SQLException {
        people.acquaint(ada, bob);

        Done blocked = people.block(ada, bob);

        assertThat(blocked.outcome()).isEqualTo("ok");
        assertThat(blocked.toldTo(ada)).containsExactly("block.added", "contact.removed");
        assertThat(blocked.toldTo(bob)).containsExactly("contact.removed");
        assertThat(people.changedLists(bob)).containsExactly("contactRequests 2", "contacts 4");
        assertThat(people.changedLists(ada)).containsExactly("blocks 4", "contactRequests 2", "contacts 5");
        assertThat(people.ties()).containsExactly("block " + ada + " " + bob);
        assertThat(people.block(ada, bob)).isEqualTo(new Done("unchanged", List.of(), 0, null));
    }

    @Test
    void aBlockEndsWhatWasAskedInEitherDirection() throws SQLException {
        UUID eve = session.person();
        people.request(ada, bob);
        people.request(eve, ada);

        assertThat(people.block(ada, bob).toldTo(bob)).containsExactly("contactRequest.removed incoming");
        Done ofEve = people.block(ada, eve);

        assertThat(ofEve.toldTo(eve)).containsExactly("contactRequest.removed outgoing");
        assertThat(ofEve.toldTo(ada)).containsExactly("block.added", "contactRequest.removed incoming");
        assertThat(people.ties()).hasSize(2).allMatch(tie -> tie.startsWith("block " + ada));
    }

    @Test
    void aStrangerIsBlockedWithoutATrace() throws SQLException {
        assertThat(people.block(ada, bob).toldTo(bob)).isEmpty();
        assertThat(people.unblock(ada, bob).toldTo(ada)).containsExactly("block.removed");
        assertThat(people.userVersion(bob)).isZero();
        assertThat(people.unblock(ada, bob).outcome()).isEqualTo("unchanged");
    }

    @Test
    void afterABlockEverythingCanBeginAnew() throws SQLException {
        people.acquaint(ada, bob);
        people.block(ada, bob);
        people.unblock(ada, bob);

        assertThat(people.ties()).isEmpty();
        assertThat(people.request(bob, ada).outcome()).isEqualTo("new");
        assertThat(people.request(ada, bob).outcome()).isEqualTo("accepted");
    }

    @Test
    void aBlockDoesNotLiftTheCoolDownOfARequest() throws SQLException {
        people.request(bob, ada);
        people.decline(ada, bob);
        people.block(ada, bob);
        people.unblock(ada, bob);

        assertThat(people.request(bob, ada).outcome()).isEqualTo("too_early");
    }

    @Test
    void theBlockedMayNotWriteInTheDirectConversationUntilHeIsUnblocked() throws SQLException {
        UUID direct = direct(ada, ada, bob);
        Send before = Send.text(direct, bob);
        session.append(before);
        long version = lastVersion(direct);

        assertThat(people.block(ada, bob).conversation()).isEqualTo(direct);

        assertThat(send(direct, bob)).isEqualTo("forbidden");
        assertThat(session.append(before).outcome()).isEqualTo("duplicate");
        assertThat(send(direct, ada)).isEqualTo("ok");
        assertThat(lastVersion(direct)).isEqualTo(version + 1);
        people.unblock(ada, bob);
        assertThat(send(direct, bob)).isEqualTo("ok");
    }

    @Test
    void twoWhoBlockEachOtherAreBothSilentUntilBothTakeItBack() throws SQLException {
        UUID direct = direct(ada, ada, bob);
        people.block(ada, bob);
        people.block(bob, ada);

        assertThat(send(direct, ada)).isEqualTo("forbidden");
        assertThat(send(direct, bob)).isEqualTo("forbidden");
        people.unblock(ada, bob);
        assertThat(send(direct, bob)).isEqualTo("ok");
        assertThat(send(direct, ada)).isEqualTo("forbidden");
        assertThat(people.request(bob, ada).outcome()).isEqualTo("blocked");
        assertThat(people.request(ada, bob).outcome()).isEqualTo("not_found");
    }

    @Test
    void groupsThatBothAreInStayAsTheyAre() throws SQLException {
        UUID group = session.group(ada, bob);
        people.block(ada, bob);

        assertThat(send(group, bob)).isEqualTo("ok");
        assertThat(send(group, ada)).isEqualTo("ok");
    }

    @Test
    void theBlockedOpensNoConversationWithTheBlockerButFindsTheOneThatIsThere() throws SQLException {
        people.block(ada, bob);

        assertThat(create("direct", bob, ada).outcome()).isEqualTo("not_found");
        assertThat(create("group", bob, ada).outcome()).isEqualTo("not_found");
        assertThat(create("group", bob, session.person(), ada).outcome()).isEqualTo("not_found");
        assertThat(create("group", bob, session.person()).outcome()).isEqualTo("created");
        assertThat(session.number("SELECT count(*) FROM direct_pairs WHERE low IN (?, ?)", ada, bob))
                .isZero();

        people.unblock(ada, bob);
        UUID direct = direct(bob, ada, bob);
        people.block(ada, bob);
        Created again = create("direct", bob, ada);
        assertThat(again.outcome()).isEqualTo("exists");
        assertThat(again.id()).isEqualTo(direct);
        assertThat(send(direct, bob)).isEqualTo("forbidden");
    }

    @Test
    void theBlockerMayOpenOneInWhichTheOtherIsSilent() throws SQLException {
        people.block(ada, bob);

        Created made = create("direct", ada, bob);

        assertThat(made.outcome()).isEqualTo("created");
        UUID direct = Objects.requireNonNull(made.id());
        assertThat(send(direct, bob)).isEqualTo("forbidden");
        assertThat(send(direct, ada)).isEqualTo("ok");
        people.unblock(ada, bob);
        assertThat(send(direct, bob)).isEqualTo("ok");
    }

    @Test
    void anOperatorMayBringThemTogetherAndTheBlockHolds() throws SQLException {
        UUID eve = session.person();
        people.block(ada, bob);
        people.block(eve, bob);

        UUID direct = direct(null, bob, ada);
        Created group = create("group", null, bob, ada);

        assertThat(send(direct, bob)).isEqualTo("forbidden");
        assertThat(group.outcome()).isEqualTo("created");
        assertThat(send(Objects.requireNonNull(group.id()), bob)).isEqualTo("ok");
        assertThat(session.add(group.id(), null, "member", eve).outcome()).isEqualTo("ok");
    }

    @Test
    void theBlockedAddsTheBlockerToNoGroup() throws SQLException {
        UUID eve = session.person();
        UUID group = session.group(bob);
        people.block(ada, bob);

        assertThat(session.add(group, bob, "member", eve, ada).outcome()).isEqualTo("user_not_found");
        assertThat(session.number("SELECT count(*) FROM members WHERE conversation_id = ?", group))
                .isEqualTo(1);
        assertThat(session.add(group, bob, "member", eve).outcome()).isEqualTo("ok");
        people.unblock(ada, bob);
        assertThat(session.add(group, bob, "member", ada).outcome()).isEqualTo("ok");
        people.block(ada, bob);
        assertThat(session.add(group, bob, "member", ada).outcome()).isEqualTo("unchanged");
    }

    @Test
    void theBlockerMayAddTheBlocked() throws SQLException {
        UUID group = session.group(ada);
        people.block(ada, bob);

        assertThat(session.add(group, ada, "member", bob).outcome()).isEqualTo("ok");
    }

    @Test
    void blockedBetweenLooksOneWayOnly() throws SQLException {
        people.block(ada, bob);

        assertThat(blockedBetween(TestDatabase.TENANT, ada, bob)).isEqualTo(1);
        assertThat(blockedBetween(TestDatabase.TENANT, bob, ada)).isZero();
        assertThat(blockedBetween(StorageSession.newId(), ada, bob)).isZero();
    }

    @Test
    void whoBlocksWhomIsALookUpHoweverManyBlocksThereAre() throws SQLException {
        session.update(
                "INSERT INTO blocks SELECT ?, ?, gen_random_uuid(), clock_timestamp() FROM generate_series(1, 5000)",
                TestDatabase.TENANT,
                ada);
        session.update(
                "INSERT INTO blocks SELECT ?, gen_random_uuid(), ?, clock_timestamp() FROM generate_series(1, 5000)",
                TestDatabase.TENANT,
                bob);
        people.block(ada, bob);

        assertThat(session.rowsRead("blocks", () -> blockedBetween(TestDatabase.TENANT, ada, bob)))
                .isLessThanOrEqualTo(1);
        UUID group = session.group(bob);
        assertThat(session.rowsRead("blocks", () -> session.add(group, ada, "member", bob)))
                .isLessThanOrEqualTo(2);
    }

    private long blockedBetween(UUID tenant, UUID blocker, UUID person) throws SQLException {
        return session.number("SELECT blocked_between(?, ?, ?)::int", tenant, blocker, person);
    }

    private UUID direct(@Nullable UUID creator, UUID one, UUID other) throws SQLException {
        List<UUID> members = new ArrayList<>(List.of(one, other));
        members.remove(creator);
        return Objects.requireNonNull(
                create("direct", creator, members.toArray(UUID[]::new)).id());
    }

    private Created create(String type, @Nullable UUID creator, UUID... others) throws SQLException {
        return session.create(List.of(StorageSession.item(StorageSession.newId(), type, creator, List.of(others))))
                .getFirst();
    }

    private String send(UUID conversation, UUID sender) throws SQLException {
        return session.append(Send.text(conversation, sender)).outcome();
    }

    private long lastVersion(UUID conversation) throws SQLException {
        return session.number("SELECT last_version FROM conversation_counters WHERE id = ?", conversation);
    }
}
