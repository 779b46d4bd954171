package io.parley.features.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parley.support.testing.StorageExtension;
import io.parley.support.testing.StorageSession;
import io.parley.support.testing.StorageSession.Send;
import io.parley.support.testing.StorageSession.Sent;
import io.parley.support.testing.TestDatabase;
import io.parley.support.testing.Threads;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What {@code append_messages} answers and stores, call by call. */
@ExtendWith(StorageExtension.class)
class MessagesStorageIT {

    private final TestDatabase database;
    private StorageSession session;
    private UUID owner;
    private UUID member;
    private UUID room;

    MessagesStorageIT(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void open() throws SQLException {
        session = new StorageSession(database);
        owner = session.person();
        member = session.person();
        room = session.group(owner, member);
    }

    @AfterEach
    void close() throws SQLException {
        session.close();
    }

    @Test
    void messagesOfABatchAreNumberedInTheirOrder() throws SQLException {
        UUID other = session.group(member, owner);
        List<Send> batch = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            batch.add(Send.text(i % 3 == 0 ? other : room, i % 2 == 0 ? owner : member));
        }

        List<Sent> sent = session.append(batch);

        for (UUID conversation : List.of(room, other)) {
            List<Sent> own = new ArrayList<>();
            for (int i = 0; i < batch.size(); i++) {
                if (batch.get(i).conversation().equals(conversation)) {
                    own.add(sent.get(i));
                }
            }
            assertThat(own).extracting(Sent::outcome).containsOnly("ok");
            assertThat(own).extracting(Sent::number).containsExactlyElementsOf(oneTo(own.size()));
            assertThat(own).extracting(Sent::counted).containsExactlyElementsOf(oneTo(own.size()));
            assertThat(own).extracting(message -> message.version() - 1).containsExactlyElementsOf(oneTo(own.size()));
        }
    }

    @Test
    void aPageOfOneOfSeveralLargeConversationsReadsNoMoreThanAPage() throws SQLException {
        for (int i = 1; i < 20; i++) {
            session.group(owner, member);
        }
        session.update("""
                INSERT INTO messages (tenant_id, root_id, conversation_id, number, version, id, sender_id, type, content,
                                      fingerprint, counted, counts, created_at)
                SELECT c.tenant_id, c.id, c.id, g, g + k.last_version, uuidv7(), u.user_id, 'text', '{"text":"x"}', '\\x00', g,
                       true, now()
                  FROM generate_series(1, 5000) g, conversations c JOIN conversation_counters k ON k.id = c.id
                  JOIN members u ON u.conversation_id = c.id
                 WHERE u.user_id = ? ORDER BY g""", owner);
        session.update("ANALYZE messages");
        session.update("PREPARE page AS " + MessageStore.BEFORE.replace("?", "??"));
        String parameters = "('%s', '%s', '%s', 4000, 21)".formatted(room, TestDatabase.TENANT, owner);

        assertThat(session.rowsRead(
                        "messages",
                        () -> assertThat(session.query("EXECUTE page" + parameters, row -> row.number("number")))
                                .containsExactlyElementsOf(LongStream.rangeClosed(1, 21)
                                        .mapToObj(i -> 4000 - i)
                                        .toList())))
                .isBetween(21L, 100L);
    }

    @Test
    void theSameIdFromTwoConnectionsIsStoredOnce() throws Exception {
        for (int round = 1; round <= 30; round++) {
            Send message = Send.text(room, owner);

            List<Sent> answers = Threads.together(2, place -> {
                try (StorageSession own = new StorageSession(database)) {
                    return own.append(message);
                }
            });

            assertThat(answers).extracting(Sent::outcome).containsExactlyInAnyOrder("ok", "duplicate");
            assertThat(answers).extracting(Sent::number).containsOnly((long) round);
            assertThat(answers)
                    .extracting(Sent::createdAt)
                    .containsOnly(answers.getFirst().createdAt());
        }
        assertThat(session.number("SELECT count(*) FROM messages WHERE conversation_id = ?", room))
                .isEqualTo(30);
    }

    @Test
    void anIdTwiceInOneCallRaisesAndInTwoIsADuplicateOrAConflict() throws SQLException {
        Send message = Send.text(room, owner);
        Send altered = new Send(room, owner, message.id(), "{\"text\":\"other\"}");
        Send next = Send.text(room, owner);

        assertThatThrownBy(() -> session.append(List.of(message, next, message)))
                .isInstanceOf(SQLException.class);
        assertThat(session.append(List.of(message, next)))
                .extracting(Sent::number)
                .containsExactly(1L, 2L);
        assertThat(session.append(message))
                .extracting(Sent::outcome, Sent::number)
                .containsExactly("duplicate", 1L);
        assertThat(session.append(altered))
                .extracting(Sent::outcome, Sent::number)
                .containsExactly("conflict", 0L);
    }

    @Test
    void theSameIdInTwoConversationsIsTwoMessages() throws SQLException {
        UUID other = session.group(owner, member);
        Send message = Send.text(room, owner);

        List<Sent> sent = session.append(List.of(message, new Send(other, owner, message.id(), message.content())));

        assertThat(sent).extracting(Sent::outcome).containsOnly("ok");
    }

    @Test
    void aUsedIdIsAConflictForOtherContentAndForAnotherSender() throws SQLException {
        Send message = Send.text(room, owner);
        session.append(message);

        assertThat(session.append(new Send(room, owner, message.id(), "{}")).outcome())
                .isEqualTo("conflict");
        assertThat(session.append(new Send(room, member, message.id(), message.content()))
                        .outcome())
                .isEqualTo("conflict");
    }

    @Test
    void anAcknowledgementStaysTrueAfterEditAndRemovalOfItsSender() throws SQLException {
        Send message = Send.text(room, member);
        Sent sent = session.append(message);
        session.update("UPDATE messages SET content = NULL, version = 99 WHERE id = ?", message.id());
        session.remove(room, owner, member);

        Sent repeated = session.append(message);

        assertThat(repeated.outcome()).isEqualTo("duplicate");
        assertThat(repeated.number()).isEqualTo(sent.number());
        assertThat(repeated.createdAt()).isEqualTo(sent.createdAt());
    }

    @Test
    void outsidersLearnNothingNotEvenThatAnIdIsUsed() throws SQLException {
        Send message = Send.text(room, owner);
        session.append(message);
        UUID stranger = session.person();

        List<Sent> sent = session.append(List.of(
                Send.text(room, stranger),
                new Send(room, stranger, message.id(), message.content()),
                Send.text(StorageSession.newId(), owner),
                Send.text(room, owner)));

        assertThat(sent).extracting(Sent::outcome).containsExactly("not_found", "not_found", "not_found", "ok");
        assertThat(sent.getLast().number()).isEqualTo(2);
    }

    @Test
    void aConversationOfAnotherTenantIsNotFound() throws SQLException {
        Send message = Send.text(room, owner);
        session.append(message);
        session.update("UPDATE conversation_counters SET tenant_id = ? WHERE id = ?", StorageSession.newId(), room);

        assertThat(session.append(List.of(message, Send.text(room, owner))))
                .extracting(Sent::outcome)
                .containsOnly("not_found");
    }

    @Test
    void nobodySendsIntoADeletedConversationNorBelowTheRankThatMay() throws SQLException {
        session.update("UPDATE conversation_counters SET send_rank = 2 WHERE id = ?", room);
        assertThat(session.append(List.of(Send.text(room, owner), Send.text(room, member))))
                .extracting(Sent::outcome)
                .containsExactly("ok", "forbidden");

        session.update("UPDATE conversation_counters SET send_rank = 4 WHERE id = ?", room);
        assertThat(session.append(List.of(Send.text(room, owner), Send.text(room, member))))
                .extracting(Sent::outcome)
                .containsOnly("not_found");
    }

    @Test
    void timesNeverGoBackAlthoughTheClockDoes() throws SQLException {
        session.update("UPDATE conversation_counters SET last_at = '2100-01-01T00:00:00.123Z' WHERE id = ?", room);

        Sent sent = session.append(Send.text(room, owner));

        assertThat(sent.createdAt()).isEqualTo("2100-01-01T00:00:00.123Z");
    }

    @Test
    void aPoisonedBatchRaisesAndLeavesNothing() throws SQLException {
        long rows = session.number("SELECT count(*) FROM journal");
        List<Send> withoutContentType = List.of(Send.text(room, owner), Send.text(room, member));

        assertThatThrownBy(() -> session.append(
                        List.of(Send.text(room, owner), new Send(room, owner, StorageSession.newId(), "a\u0000b"))))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("0x00");
        assertThatThrownBy(() -> {
                    session.update("ALTER TABLE messages ADD CONSTRAINT poison CHECK (sender_id <> '" + member + "')");
                    session.append(withoutContentType);
                })
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("poison");
        session.update("ALTER TABLE messages DROP CONSTRAINT poison");

        assertThat(session.number("SELECT count(*) FROM messages WHERE conversation_id = ?", room))
                .isZero();
        assertThat(session.number("SELECT last_version FROM conversation_counters WHERE id = ?", room))
                .isOne();
        assertThat(session.number("SELECT count(*) FROM journal")).isEqualTo(rows);
        assertThat(session.append(Send.text(room, owner)).number()).isOne();
    }

    @Test
    void aBatchIsOneRowOfTheJournalAndOneThatChangesNothingIsNone() throws SQLException {
        UUID other = session.group(owner, member);
        Send message = Send.text(room, owner);
        long rows = session.number("SELECT count(*) FROM journal");

        session.append(List.of(message, Send.text(room, member), Send.text(other, owner)));
        session.append(List.of(message, Send.text(room, session.person())));

        assertThat(session.number("SELECT count(*) FROM journal")).isEqualTo(rows + 1);
        assertThat(session.query(
                        "SELECT c, f, t FROM (SELECT * FROM journal ORDER BY id DESC LIMIT 1) j,"
                                + " unnest(conversations, from_versions, to_versions) AS u (c, f, t)",
                        row -> row.id("c") + " " + row.number("f") + "-" + row.number("t")))
                .containsExactlyInAnyOrder(room + " 2-3", other + " 2-2");
    }

    private static List<Long> oneTo(int last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }
}
