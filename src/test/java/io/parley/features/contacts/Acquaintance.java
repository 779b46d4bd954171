package io.parley.features.contacts;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.contacts.ContactChanges.Told;
import io.parley.support.Json;
import io.parley.support.testing.StorageSession;
import io.parley.support.testing.TestDatabase;
import io.vertx.core.buffer.Buffer;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Calls the functions by which people do something about each other, in the default tenant. */
final class Acquaintance {
    private final StorageSession session;

    Acquaintance(StorageSession session) {
        this.session = session;
    }

    /** What a function has answered. */
    record Done(
            String outcome,
            List<Told> events,
            long waitMs,
            @Nullable UUID conversation) {
        /** The types of the events of one person, in the order of their versions. */
        List<String> toldTo(UUID person) {
            return events.stream()
                    .filter(told -> told.person().equals(person))
                    .map(told -> told.type() + (told.direction() == null ? "" : " " + told.direction()))
                    .toList();
        }
    }

    Done request(UUID actor, UUID person) throws SQLException {
        return request(actor, person, null, 500);
    }

    Done request(UUID actor, UUID person, @Nullable String message, int mostWaiting) throws SQLException {
        return call("request_contact(?, ?, ?, ?, ?)", TestDatabase.TENANT, actor, person, message, mostWaiting);
    }

    Done accept(UUID actor, UUID person) throws SQLException {
        return call("accept_contact(?, ?, ?)", TestDatabase.TENANT, actor, person);
    }

    Done decline(UUID actor, UUID person) throws SQLException {
        return call("end_request(?, ?, ?, ?)", TestDatabase.TENANT, person, actor, ContactRules.AFTER_DECLINE_SECONDS);
    }

    Done cancel(UUID actor, UUID person) throws SQLException {
        return call("end_request(?, ?, ?, ?)", TestDatabase.TENANT, actor, person, ContactRules.AFTER_CANCEL_SECONDS);
    }

    Done remove(UUID actor, UUID person) throws SQLException {
        return call("remove_contact(?, ?, ?)", TestDatabase.TENANT, actor, person);
    }

    Done block(UUID actor, UUID person) throws SQLException {
        return call("block_person(?, ?, ?)", TestDatabase.TENANT, actor, person);
    }

    Done unblock(UUID actor, UUID person) throws SQLException {
        return call("unblock_person(?, ?, ?)", TestDatabase.TENANT, actor, person);
    }

    private Done call(String function, @Nullable Object... parameters) throws SQLException {
        return session.query(
                        "SELECT outcome, coalesce(events, '[]')::text AS events, wait_ms, conversation FROM "
                                + function,
                        row -> new Done(
                                row.text("outcome"),
                                List.of(Json.decode(Buffer.buffer(row.text("events")), Told[].class)),
                                row.number("wait_ms"),
                                row.id("conversation")),
                        parameters)
                .getFirst();
    }

    /** Makes two people contacts. */
    void acquaint(UUID one, UUID other) throws SQLException {
        request(one, other);
        request(other, one);
    }

    /** All that is between people now, in words, sorted. */
    List<String> ties() throws SQLException {
        return session.query(
                "SELECT 'contact ' || user_id || ' ' || contact_id AS tie FROM contacts"
                        + " UNION ALL SELECT 'request ' || from_id || ' ' || to_id FROM contact_requests"
                        + " WHERE again_at IS NULL"
                        + " UNION ALL SELECT 'block ' || blocker_id || ' ' || blocked_id FROM blocks ORDER BY 1",
                row -> row.text("tie"));
    }

    /** How many versions a person has taken. */
    long userVersion(UUID person) throws SQLException {
        return session.number("SELECT user_version FROM user_counters WHERE user_id = ?", person);
    }

    /** The lists that have changed for somebody, as he is told when he missed the events. */
    List<String> changedLists(UUID person) throws SQLException {
        return session.query(
                "SELECT list || ' ' || user_version AS list FROM personal_lists WHERE user_id = ? ORDER BY list",
                row -> row.text("list"),
                person);
    }

    static JsonNode json(String text) {
        return Json.parse(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
