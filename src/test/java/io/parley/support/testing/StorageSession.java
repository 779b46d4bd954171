package io.parley.support.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.uuid.Generators;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the storage functions, each call a transaction. For one thread at a time.
 *
 * <p>Everything happens in the default tenant, and in conversations that are their own root. Whoever needs more takes
 * the {@link #connection}.
 */
public final class StorageSession implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Connection connection;

    public StorageSession(TestDatabase database) throws SQLException {
        connection = database.connect();
    }

    /** A message to send; its fingerprint is made of its content. */
    public record Send(
            UUID conversation,
            UUID sender,
            UUID id,
            @Nullable String content) {

        public static Send text(UUID conversation, UUID sender) {
            return new Send(conversation, sender, newId(), "{\"text\":\"hello\"}");
        }

        byte[] fingerprint() {
            return String.valueOf(content).getBytes(StandardCharsets.UTF_8);
        }
    }

    /** What became of a message; the figures are 0 where there is none. */
    public record Sent(
            String outcome,
            long number,
            long version,
            long counted,
            @Nullable Instant createdAt) {}

    /** A conversation to make, or what became of it. */
    public record Created(String outcome, @Nullable UUID id, Map<UUID, Long> userVersions) {}

    /** What became of a change of members or settings. */
    public record Change(
            String outcome, long version, JsonNode members, int memberCount, long messageNumber, long messageVersion) {

        /** The versions that the change took of the persons concerned. */
        public Map<UUID, Long> userVersions() {
            return userVersionsOf(members);
        }
    }

    /** A mark to move. */
    public record Mark(UUID conversation, UUID user, String kind, long number) {}

    /** What became of a mark. */
    public record Marked(String outcome, long number, long counted, long userVersion) {}

    public Connection connection() {
        return connection;
    }

    public static UUID newId() {
        return Generators.timeBasedEpochGenerator().generate();
    }

    /** Makes a person whose account is active. */
    public UUID person() throws SQLException {
        UUID id = newId();
        update(
                "INSERT INTO users (tenant_id, id, username, username_folded, display_name, words)"
                        + " VALUES (?, ?, ?, ?, 'P', '{}')",
                TestDatabase.TENANT,
                id,
                id.toString(),
                id.toString());
        return id;
    }

    public List<UUID> people(int count) throws SQLException {
        List<UUID> people = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            people.add(person());
        }
        return people;
    }

    /** Makes a group, of which the first is the owner. */
    public UUID group(UUID... members) throws SQLException {
        return created(item(newId(), "group", null, Arrays.asList(members)));
    }

    public UUID group(List<UUID> members) throws SQLException {
        return created(item(newId(), "group", null, members));
    }

    private UUID created(Map<String, ?> item) throws SQLException {
        UUID id = create(List.of(item)).getFirst().id();
        if (id == null) {
            throw new IllegalStateException("not created: " + item);
        }
        return id;
    }

    /** An item for {@link #create}. */
    public static Map<String, Object> item(UUID id, String type, @Nullable UUID creator, Collection<UUID> members) {
        Map<String, Object> item = new HashMap<>();
        item.put("tenant", TestDatabase.TENANT);
        item.put("id", id);
        item.put("type", type);
        item.put("creator", creator);
        item.put("members", members);
        return item;
    }

    public List<Created> create(List<? extends Map<String, ?>> items) throws SQLException {
        try {
            return query(
                    "SELECT * FROM create_conversations(?::jsonb)",
                    row -> new Created(row.text("outcome"), row.id("id"), userVersionsOf(row.json("members"))),
                    JSON.writeValueAsString(items));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    public Sent append(Send message) throws SQLException {
        return append(List.of(message)).getFirst();
    }

    /** Appends messages in one call; the answers stand in the order of the messages. */
    public List<Sent> append(List<Send> messages) throws SQLException {
        return query(
                "SELECT * FROM append_messages(?, ?, ?, ?, ?, ?, ?, NULL) ORDER BY ord",
                row -> new Sent(
                        row.text("outcome"),
                        row.number("number"),
                        row.number("version"),
                        row.number("counted"),
                        row.time("created_at")),
                array("uuid", messages, message -> TestDatabase.TENANT),
                array("uuid", messages, Send::conversation),
                array("uuid", messages, Send::sender),
                array("uuid", messages, Send::id),
                array("text", messages, message -> "text"),
                array("text", messages, Send::content),
                connection.createArrayOf(
                        "bytea", messages.stream().map(Send::fingerprint).toArray(byte[][]::new)));
    }

    public Change add(UUID conversation, @Nullable UUID actor, String role, UUID... people) throws SQLException {
        return add(conversation, actor, role, newId(), 1_000, people);
    }

    public Change add(
            UUID conversation, @Nullable UUID actor, String role, UUID messageId, int maxMembers, UUID... people)
            throws SQLException {
        return change(
                "SELECT * FROM add_members(?, ?, ?, ?, ?, ?, ?, ?)",
                TestDatabase.TENANT,
                conversation,
                conversation,
                actor,
                connection.createArrayOf("uuid", people),
                role,
                messageId,
                maxMembers);
    }

    public Change remove(UUID conversation, @Nullable UUID actor, UUID person) throws SQLException {
        return remove(conversation, actor, person, newId());
    }

    public Change remove(UUID conversation, @Nullable UUID actor, UUID person, UUID messageId) throws SQLException {
        return change(
                "SELECT * FROM remove_member(?, ?, ?, ?, ?, ?)",
                TestDatabase.TENANT,
                conversation,
                conversation,
                actor,
                person,
                messageId);
    }

    public Change setRole(UUID conversation, @Nullable UUID actor, UUID person, String role) throws SQLException {
        return change(
                "SELECT * FROM update_member(?, ?, ?, ?, ?, jsonb_build_object('role', ?::text))",
                TestDatabase.TENANT,
                conversation,
                conversation,
                actor,
                person,
                role);
    }

    public Change update(
            UUID conversation,
            @Nullable UUID actor,
            @Nullable String name,
            @Nullable String visibility,
            @Nullable String history)
            throws SQLException {
        return change(
                "SELECT * FROM update_conversation(?, ?, ?, ?, jsonb_strip_nulls(jsonb_build_object("
                        + "'name', ?::text, 'visibility', ?::text, 'history', ?::text)), ?)",
                TestDatabase.TENANT,
                conversation,
                conversation,
                actor,
                name,
                visibility,
                history,
                newId());
    }

    private Change change(String sql, @Nullable Object... parameters) throws SQLException {
        return query(
                        sql,
                        row -> new Change(
                                row.text("outcome"),
                                row.number("version"),
                                row.json("members"),
                                (int) row.number("member_count"),
                                row.number("message_number"),
                                row.number("message_version")),
                        parameters)
                .getFirst();
    }

    public Marked advance(Mark mark) throws SQLException {
        return advance(List.of(mark)).getFirst();
    }

    public List<Marked> advance(List<Mark> marks) throws SQLException {
        Object conversations = array("uuid", marks, Mark::conversation);
        return query(
                "SELECT * FROM advance_marks(?, ?, ?, ?, ?, ?) ORDER BY ord",
                row -> new Marked(
                        row.text("outcome"), row.number("number"), row.number("counted"), row.number("user_version")),
                array("uuid", marks, mark -> TestDatabase.TENANT),
                conversations,
                conversations,
                array("uuid", marks, Mark::user),
                array("text", marks, Mark::kind),
                array("bigint", marks, Mark::number));
    }

    /** Moves the read mark over a run of the person's own messages. */
    public void advanceOwn(UUID conversation, UUID person, Sent first, Sent last) throws SQLException {
        Object conversations = connection.createArrayOf("uuid", new UUID[] {conversation});
        query(
                "SELECT advance_own_marks(?, ?, ?, ?, ?)",
                row -> "",
                conversations,
                connection.createArrayOf("uuid", new UUID[] {person}),
                connection.createArrayOf("bigint", new Long[] {first.counted()}),
                connection.createArrayOf("bigint", new Long[] {last.counted()}),
                connection.createArrayOf("bigint", new Long[] {last.number()}));
    }

    /** How many messages the member has not read; -1 if he is none. */
    public long unread(UUID conversation, UUID person) throws SQLException {
        List<Long> unread = query(
                "SELECT unread FROM unread(?, ?, ?)", row -> row.number("unread"), conversation, conversation, person);
        return unread.isEmpty() ? -1 : unread.getFirst();
    }

    /** A call of this session. */
    public interface Call {
        void run() throws SQLException;
    }

    /** How many rows of a table a call reads. What it does is undone. */
    public long rowsRead(String table, Call call) throws SQLException {
        connection.setAutoCommit(false);
        try {
            long before = rowsRead(table);
            call.run();
            return rowsRead(table) - before;
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private long rowsRead(String table) throws SQLException {
        return number(
                "SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)"
                        + " FROM pg_stat_xact_user_tables WHERE relname = ?",
                table);
    }

    /** Runs a query and maps its rows. */
    public <T> List<T> query(String sql, Mapper<T> mapper, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(sql, parameters);
                ResultSet rows = statement.executeQuery()) {
            List<T> mapped = new ArrayList<>();
            while (rows.next()) {
                mapped.add(mapper.map(new Row(rows)));
            }
            return mapped;
        }
    }

    /** The one number that a query answers. */
    public long number(String sql, @Nullable Object... parameters) throws SQLException {
        return query(sql, row -> row.rows.getLong(1), parameters).getFirst();
    }

    /** Runs a statement; answers how many rows it touched. */
    public int update(String sql, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    private PreparedStatement prepare(String sql, @Nullable Object... parameters) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
        return statement;
    }

    private <T> Array array(String type, List<T> rows, Function<T, @Nullable Object> column) throws SQLException {
        return connection.createArrayOf(type, rows.stream().map(column).toArray());
    }

    private static Map<UUID, Long> userVersionsOf(JsonNode members) {
        return members.valueStream()
                .filter(member -> member.has("userVersion"))
                .collect(Collectors.toMap(
                        member -> UUID.fromString(member.get("user").asText()),
                        member -> member.get("userVersion").asLong()));
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    /** Makes something of a row. */
    @FunctionalInterface
    public interface Mapper<T> {
        T map(Row row) throws SQLException;
    }

    /** A row by the names of its columns. */
    public record Row(ResultSet rows) {

        public String text(String column) throws SQLException {
            return rows.getString(column);
        }

        public long number(String column) throws SQLException {
            return rows.getLong(column);
        }

        public @Nullable Instant time(String column) throws SQLException {
            OffsetDateTime time = rows.getObject(column, OffsetDateTime.class);
            return time == null ? null : time.toInstant();
        }

        public @Nullable UUID id(String column) throws SQLException {
            return rows.getObject(column, UUID.class);
        }

        JsonNode json(String column) throws SQLException {
            String text = rows.getString(column);
            try {
                return text == null ? JSON.createArrayNode() : JSON.readTree(text);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
