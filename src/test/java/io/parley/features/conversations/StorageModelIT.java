package io.parley.features.conversations;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.testing.StorageExtension;
import io.parley.support.testing.StorageSession;
import io.parley.support.testing.StorageSession.Change;
import io.parley.support.testing.StorageSession.Mark;
import io.parley.support.testing.StorageSession.Marked;
import io.parley.support.testing.StorageSession.Send;
import io.parley.support.testing.StorageSession.Sent;
import io.parley.support.testing.TestDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Does random things to the database and to {@link ModelRoom}s, and compares what they say and hold. Rerun with
 * {@code -Dparley.seed=<printed seed>}.
 */
@ExtendWith(StorageExtension.class)
class StorageModelIT {

    private static final int STEPS = 400;
    private static final List<String> ROLES = List.of("member", "admin", "owner");

    private final TestDatabase database;
    private final long seed = Long.getLong("parley.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Map<UUID, ModelRoom> rooms = new HashMap<>();
    private final List<UUID> roomIds = new ArrayList<>();
    private final List<Send> sends = new ArrayList<>();
    private List<UUID> people = List.of();

    StorageModelIT(TestDatabase database) {
        this.database = database;
    }

    @RepeatedTest(10)
    void theDatabaseSaysAndHoldsWhatTheModelDoes() throws SQLException {
        System.out.println("seed " + seed);
        try (StorageSession session = new StorageSession(database)) {
            people = session.people(6);
            for (int i = 0; i < 3; i++) {
                List<UUID> members = people.subList(i, i + 2);
                UUID room = session.group(members);
                rooms.put(room, new ModelRoom(members));
                roomIds.add(room);
            }
            for (int step = 0; step < STEPS; step++) {
                step(session);
                UUID room = any(roomIds);
                UUID person = any(people);
                assertThat(session.unread(room, person))
                        .as("unread, step %d", step)
                        .isEqualTo(model(room).unread(person));
            }
            for (UUID room : roomIds) {
                compare(session, room);
            }
        }
    }

    private void step(StorageSession session) throws SQLException {
        UUID room = any(roomIds);
        ModelRoom model = model(room);
        UUID person = any(people);
        @Nullable UUID actor = random.nextInt(4) == 0 ? null : any(people);
        String role = any(ROLES);
        long before = model.version;
        switch (random.nextInt(9)) {
            case 0, 1 -> {
                String expected = model.add(actor, role, person);
                agree(expected, session.add(room, actor, role, person), before, model);
            }
            case 2 -> {
                if (model.isAlone(person)) {
                    return; // The group would end.
                }
                String expected = model.remove(actor, person);
                agree(expected, session.remove(room, actor, person), before, model);
            }
            case 3 -> {
                String expected = model.setRole(actor, person, role);
                agree(expected, session.setRole(room, actor, person, role), before, model);
            }
            case 4 -> {
                String name = "name " + random.nextInt(3);
                String expected = model.rename(actor, name);
                agree(expected, session.update(room, actor, name, null, null), before, model);
            }
            case 5 -> mark(session);
            case 6 -> sendRun(session, room, person);
            default -> send(session);
        }
    }

    private static void agree(String expected, Change change, long before, ModelRoom model) {
        assertThat(change.outcome()).isEqualTo(expected);
        if (expected.equals("ok")) {
            assertThat(change.version()).isEqualTo(before + 1);
            assertThat(Math.max(change.version(), change.messageVersion())).isEqualTo(model.version);
        }
    }

    private void send(StorageSession session) throws SQLException {
        List<Send> batch = new ArrayList<>();
        for (int i = random.nextInt(12); i >= 0; i--) {
            Send send = Send.text(any(roomIds), any(people));
            if (!sends.isEmpty() && random.nextInt(4) == 0) {
                Send earlier = any(sends);
                send = switch (random.nextInt(3)) {
                    case 0 -> earlier;
                    case 1 -> new Send(earlier.conversation(), any(people), earlier.id(), "{\"text\":\"hello\"}");
                    default -> new Send(any(roomIds), earlier.sender(), earlier.id(), "{}");
                };
            }
            if (!isIn(batch, send)) {
                sends.add(send);
                batch.add(send);
            }
        }
        List<String> expected = batch.stream()
                .map(send -> model(send.conversation()).send(send.id(), send.sender(), String.valueOf(send.content())))
                .toList();

        List<Sent> sent = session.append(batch);

        assertThat(sent).extracting(Sent::outcome).containsExactlyElementsOf(expected);
        for (int i = 0; i < batch.size(); i++) {
            if (sent.get(i).outcome().equals("ok")) {
                ModelRoom.Message message = message(batch.get(i));
                assertThat(sent.get(i).number()).isEqualTo(message.number());
                assertThat(sent.get(i).version()).isEqualTo(message.version());
            }
        }
    }

    /** The same id for the same conversation belongs into another call. */
    private static boolean isIn(List<Send> batch, Send send) {
        return batch.stream()
                .anyMatch(other ->
                        other.id().equals(send.id()) && other.conversation().equals(send.conversation()));
    }

    /** Sends some messages of one person and, mostly, lets his mark follow. */
    private void sendRun(StorageSession session, UUID room, UUID person) throws SQLException {
        List<Send> batch = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            Send send = Send.text(room, person);
            model(room).send(send.id(), person, String.valueOf(send.content()));
            batch.add(send);
        }
        List<Sent> sent = session.append(batch);
        if (sent.getFirst().outcome().equals("ok") && random.nextInt(4) > 0) {
            session.advanceOwn(room, person, sent.getFirst(), sent.getLast());
            model(room).markOwn(person, sent.getFirst().number(), sent.getLast().number());
        }
    }

    private void mark(StorageSession session) throws SQLException {
        Mark mark = new Mark(
                any(roomIds), any(people), random.nextInt(3) == 0 ? "delivered" : "read", random.nextInt(120) - 3);
        String expected = model(mark.conversation()).mark(mark.user(), mark.kind(), mark.number());

        Marked marked = session.advance(mark);

        assertThat(marked.outcome()).isEqualTo(expected);
    }

    private void compare(StorageSession session, UUID room) throws SQLException {
        ModelRoom model = model(room);
        assertThat(session.number("SELECT last_version FROM conversation_counters WHERE id = ?", room))
                .isEqualTo(model.version);
        assertThat(session.query(
                        "SELECT version, sender_id, counts FROM messages WHERE conversation_id = ? ORDER BY number",
                        row -> row.number("version") + " " + row.id("sender_id") + " " + row.text("counts"),
                        room))
                .containsExactlyElementsOf(model.messages.stream()
                        .map(message -> message.version() + " " + message.sender() + (message.counts() ? " t" : " f"))
                        .toList());
        for (UUID person : people) {
            ModelRoom.Member member = model.members.get(person);
            assertThat(session.query(
                            "SELECT m.role, m.active, m.version, m.from_number, coalesce(k.read_number, 0) AS read,"
                                    + " coalesce(k.delivered_number, 0) AS delivered FROM members m"
                                    + " LEFT JOIN marks k USING (conversation_id, user_id, root_id)"
                                    + " WHERE m.conversation_id = ? AND m.user_id = ?",
                            row -> "%s %s %d %d %d %d"
                                    .formatted(
                                            row.text("role"),
                                            row.text("active"),
                                            row.number("version"),
                                            row.number("from_number"),
                                            row.number("read"),
                                            row.number("delivered")),
                            room,
                            person))
                    .containsExactlyElementsOf(
                            member == null
                                    ? List.of()
                                    : List.of("%s %s %d %d %d %d"
                                            .formatted(
                                                    member.role,
                                                    member.active ? "t" : "f",
                                                    member.version,
                                                    member.fromNumber,
                                                    member.read,
                                                    member.delivered)));
            assertThat(session.unread(room, person)).isEqualTo(model.unread(person));
        }
    }

    private ModelRoom.Message message(Send send) {
        return model(send.conversation()).messages.stream()
                .filter(message -> message.id().equals(send.id()))
                .findFirst()
                .orElseThrow();
    }

    private ModelRoom model(UUID room) {
        ModelRoom model = rooms.get(room);
        if (model == null) {
            throw new IllegalArgumentException();
        }
        return model;
    }

    private <T> T any(List<T> things) {
        return things.get(random.nextInt(things.size()));
    }
}
