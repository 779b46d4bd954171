package io.parley.features.conversations;

import static io.parley.features.GroupLab.in;
import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.bus.Frame;
import io.parley.features.GroupLab;
import io.parley.features.PersistenceLab;
import io.parley.server.auth.Origin;
import io.parley.server.session.HubActions;
import io.parley.server.session.HubActions.AccountHeads;
import io.parley.server.session.HubActions.Head;
import io.parley.server.session.HubActions.HeadLists;
import io.parley.server.session.HubActions.Lost;
import io.parley.server.session.HubActions.Person;
import io.parley.server.session.HubActions.PersonalRepaired;
import io.parley.server.session.HubActions.Position;
import io.parley.server.session.HubActions.Repaired;
import io.parley.server.session.HubActions.Stay;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.parley.support.Json;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Deleting groups, bringing them back, and leaving nothing of them. */
class EndingsIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab(GroupLab::features);

    private static final GroupLab GROUPS = new GroupLab(LAB);
    private static final int ROWS_A_STEP = 3;

    private final UUID owner = LAB.person();
    private final UUID member = LAB.person();
    private final UUID room = GROUPS.group(owner, member);

    private void delete() {
        GROUPS.call(owner, "deleteConversation", in(room), "");
    }

    private void restore() {
        GROUPS.ask(owner, "restoreConversation", in(room), "", "Conversation");
    }

    private static void bringBack() {
        while (LAB.column(Boolean.class, "SELECT bring_back(2)").getFirst()) {
            // the next ones
        }
    }

    private static void purge() {
        while (LAB.column(Boolean.class, "SELECT purge_step(interval '30 days', ?)", ROWS_A_STEP)
                .getFirst()) {
            // the next step
        }
    }

    private void age(String age) {
        LAB.update("UPDATE conversations SET deleted_at = deleted_at - ?::interval WHERE id = ?", age, room);
    }

    /** What a person's device is told that comes now, or again. */
    private static HeadLists ready(UUID person, @Nullable Position since) {
        return LAB.ask(
                HubActions.HEADS,
                new HubActions.Heads(
                        List.of(new HubActions.HeadsOf(new Person(TENANT, person), Origin.issued(null), since))));
    }

    private static AccountHeads heads(UUID person, @Nullable Position since) {
        return ready(person, since).people().getFirst();
    }

    private static Position now(UUID person) {
        HeadLists ready = ready(person, null);
        return new Position(ready.epoch(), ready.people().getFirst().userVersion(), ready.fence());
    }

    private static PersonalRepaired repairedSince(UUID person, long userVersion) {
        return LAB.ask(HubActions.PERSONAL_REPAIR, new HubActions.PersonalRepair(TENANT, person, userVersion));
    }

    private static int rowsOf(UUID conversation) {
        return rows(conversation).values().stream().mapToInt(Long::intValue).sum();
    }

    /** Of every table with something of a conversation, how many rows it has of this one. */
    private static Map<String, Long> rows(UUID conversation) {
        Map<String, Long> found = new java.util.TreeMap<>();
        for (String table : LAB.column(String.class, "SELECT name::text FROM conversation_tables()")) {
            found.put(table, LAB.number("SELECT count(*) FROM " + table + " WHERE conversation_id = ?", conversation));
        }
        found.put("conversations", LAB.number("SELECT count(*) FROM conversations WHERE id = ?", conversation));
        found.put(
                "conversation_counters",
                LAB.number("SELECT count(*) FROM conversation_counters WHERE id = ?", conversation));
        found.values().removeIf(count -> count == 0);
        return found;
    }

    @Test
    void aDeletedGroupIsThereForNobody() {
        GROUPS.say(member, room, "Hello");
        GROUPS.update(owner, room, "{\"visibility\": \"public\"}");
        assertThat(GROUPS.refused(member, "deleteConversation", in(room), "")).isEqualTo(ErrorCode.FORBIDDEN);

        delete();

        for (UUID person : List.of(owner, member)) {
            for (String operation : List.of(
                    "getConversation",
                    "listMembers",
                    "listMessages",
                    "listReceipts",
                    "joinConversation",
                    "leaveConversation",
                    "listBans",
                    "listInvites")) {
                assertThat(GROUPS.refused(person, operation, in(room), ""))
                        .as(operation)
                        .isEqualTo(ErrorCode.NOT_FOUND);
            }
            assertThat(GROUPS.say(person, room, "No")).isEqualTo(404);
            assertThat(GROUPS.refused(person, "markRead", in(room), "{\"number\": 1}"))
                    .isEqualTo(ErrorCode.NOT_FOUND);
            assertThat(GROUPS.refused(person, "updateConversation", in(room), "{\"name\": \"x\"}"))
                    .isEqualTo(ErrorCode.NOT_FOUND);
            assertThat(GROUPS.ask(person, "listConversations", Map.of(), "", "ConversationList")
                            .get("items"))
                    .isEmpty();
        }
        assertThat(GROUPS.refused(owner, "deleteConversation", in(room), "")).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void itsEndIsOneEventThatEndsTheRoomAndOneRowForAllMembers() {
        long members = LAB.number("SELECT max(xmin::text::bigint) FROM members WHERE conversation_id = ?", room);

        delete();

        await().until(() -> LAB.frames(room).size() >= 2);
        Frame last = LAB.frames(room).getLast();
        assertThat(last.ending()).isTrue();
        assertThat(last.version()).isEqualTo(2);
        JsonNode event = LAB.content(last);
        assertThat(event.get("type").textValue()).isEqualTo("conversation.deleted");
        assertThat(LAB.number("SELECT max(xmin::text::bigint) FROM members WHERE conversation_id = ?", room))
                .isEqualTo(members);
        assertThat(LAB.personalFrames(member)).hasSize(1);
    }

    @Test
    void aNodeThatMissedItsEndIsToldThatAndNothingElse() {
        GROUPS.say(member, room, "Hello");
        delete();

        Repaired repaired = LAB.ask(HubActions.REPAIR, new HubActions.Repair(room, 1));

        assertThat(repaired.ending()).isTrue();
        assertThat(repaired.version()).isEqualTo(3);
        assertThat(LAB.checked(Json.parse(repaired.frame().getBytes()))
                        .get("type")
                        .textValue())
                .isEqualTo("conversation.deleted");
    }

    @Test
    void whoWasAwayLearnsThatItIsLostAndThatItIsBack() {
        Position before = now(member);
        delete();

        AccountHeads ended = heads(member, before);
        Position between = now(member);
        assertThat(ended.heads()).isEmpty();
        assertThat(ended.lost()).containsExactly(new Lost(room, 2));
        assertThat(heads(member, between).lost()).isEmpty();
        assertThat(heads(member, null).lost()).isEmpty();

        restore();

        assertThat(heads(member, between).heads())
                .extracting(Head::conversation, Head::lastVersion, Head::changed)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(room, 4L, true));
        assertThat(heads(member, before).lost()).isEmpty();
    }

    @Test
    void aDeletedGroupIsNotGainedByTheRepairOfWhatIsPersonal() {
        long before = heads(member, null).userVersion();
        GROUPS.say(owner, room, "Hello");
        GROUPS.call(member, "markRead", in(room), "{\"number\": 1}");
        delete();

        PersonalRepaired repaired = repairedSince(member, before);

        assertThat(repaired.stays()).isEmpty();
        assertThat(repaired.lost()).containsExactly(room);
        JsonNode told = LAB.checked(Json.parse(repaired.frame().getBytes()));
        assertThat(told.at("/changed/0/removed").booleanValue()).isTrue();
        assertThat(told.at("/changed/0/lastVersion").longValue()).isEqualTo(3);
    }

    @Test
    void aRestoredGroupIsAsItWas() {
        GROUPS.update(owner, room, "{\"permissions\": {\"send\": \"admin\"}, \"visibility\": \"public\"}");
        GROUPS.say(owner, room, "Hello");
        JsonNode before = GROUPS.conversation(member, room);
        delete();
        String query = "deleted";
        JsonNode listed = GROUPS.ask(owner, "listConversations", Map.of("status", query), "", "ConversationList");
        assertThat(listed.at("/items/0/id").textValue()).isEqualTo(room.toString());
        assertThat(listed.at("/items/0/status").textValue()).isEqualTo("deleted");
        assertThat(listed.at("/items/0/deletedAt").isTextual()).isTrue();
        assertThat(listed.at("/items/0").has("lastMessage")).isFalse();
        assertThat(GROUPS.ask(member, "listConversations", Map.of("status", query), "", "ConversationList")
                        .get("items"))
                .isEmpty();
        assertThat(GROUPS.refused(member, "restoreConversation", in(room), "")).isEqualTo(ErrorCode.NOT_FOUND);

        restore();
        restore();

        JsonNode after = GROUPS.conversation(member, room);
        for (String field : List.of("name", "permissions", "visibility", "status", "memberCount", "unread", "role")) {
            assertThat(after.get(field)).as(field).isEqualTo(before.get(field));
        }
        assertThat(after.at("/lastMessage/system/event").textValue()).isEqualTo("restored");
        assertThat(GROUPS.say(member, room, "No")).isEqualTo(403);
        assertThat(GROUPS.say(owner, room, "Yes")).isEqualTo(201);
        assertThat(LAB.frames(room)).extracting(Frame::version).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void allMembersAreToldSomeAtATimeThatItIsBack() {
        List<UUID> others = LAB.people(5);
        GROUPS.add(owner, room, others.toArray(UUID[]::new));
        GROUPS.remove(owner, room, others.getFirst());
        delete();
        restore();
        List<Long> before =
                others.stream().map(one -> heads(one, null).userVersion()).toList();

        bringBack();

        for (int i = 1; i < others.size(); i++) {
            PersonalRepaired repaired = repairedSince(others.get(i), before.get(i));
            assertThat(repaired.stays())
                    .extracting(Stay::conversation, Stay::since)
                    .containsExactly(org.assertj.core.groups.Tuple.tuple(room, 2L));
            UUID user = others.get(i);
            assertThat(LAB.number(
                            "SELECT count(*) FROM journal WHERE ? = ANY (users) AND ? = ANY (user_versions)",
                            user,
                            repaired.userVersion()))
                    .isPositive();
        }
        assertThat(heads(others.getFirst(), null).userVersion()).isEqualTo(before.getFirst());
        assertThat(LAB.number("SELECT count(*) FROM restorations")).isZero();
    }

    @Test
    void afterThirtyDaysItCannotBeRestored() {
        delete();
        age("30 days 1 second");

        assertThat(GROUPS.refused(owner, "restoreConversation", in(room), "")).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(GROUPS.ask(owner, "listConversations", Map.of("status", "deleted"), "", "ConversationList")
                        .get("items"))
                .isEmpty();
    }

    /** Whoever adds a table with something of conversations puts rows into it here, or it is empty in this test as well. */
    @Test
    void aPurgeLeavesNothingButThatPeopleWereInIt() {
        UUID banned = LAB.person();
        GROUPS.add(owner, room, LAB.people(4).toArray(UUID[]::new));
        for (int i = 0; i < 2 * ROWS_A_STEP; i++) {
            GROUPS.say(member, room, "Number " + i);
        }
        JsonNode said = GROUPS.conversation(member, room).get("lastMessage");
        GROUPS.call(
                member,
                "editMessage",
                Map.of("conversationId", room, "messageId", said.get("id").textValue()),
                "{\"text\": \"Other\"}");
        GROUPS.call(owner, "markRead", in(room), "{\"number\": 3}");
        GROUPS.update(owner, room, "{\"slowModeSeconds\": 1, \"visibility\": \"public\"}");
        GROUPS.say(member, room, "Slowly");
        GROUPS.update(owner, room, "{\"slowModeSeconds\": 0}");
        GROUPS.call(owner, "banMember", in(room, banned), "{}");
        GROUPS.call(owner, "createInvite", in(room), "{}");
        GROUPS.call(owner, "createConversationRole", in(room), "{\"name\": \"R\", \"permissions\": [\"pin\"]}");
        LAB.update(
                "INSERT INTO conversation_activity (conversation_id, tenant_id, last_version, active_at)"
                        + " VALUES (?, ?, 1, now())",
                room,
                TENANT);
        UUID thread = thread(said.get("number").longValue());
        GROUPS.say(member, thread, "More");
        UUID other = GROUPS.group(owner, member);
        GROUPS.say(member, other, "Stays");
        GROUPS.say(member, other, "This too");
        List.of(room, thread, other).forEach(one -> keepSomething(owner, one));
        await().until(() -> rows(other).containsKey("marks")); // the sender's own, which follows
        int ofOther = rowsOf(other);
        long userVersion = heads(member, null).userVersion();
        Position position = now(member);
        delete();
        restore();
        delete();
        assertThat(rows(room).keySet())
                .contains(
                        "members",
                        "messages",
                        "marks",
                        "message_edits",
                        "slow_sends",
                        "bans",
                        "invite_links",
                        "roles",
                        "member_intervals",
                        "conversation_activity",
                        "stars",
                        "drafts",
                        "hidden_histories",
                        "hidden_messages")
                .doesNotContain("restorations");

        purge();
        assertThat(rowsOf(room)).isGreaterThan(20);
        age("30 days 1 second");
        purge();

        assertThat(rows(room)).containsOnlyKeys("user_conversations");
        assertThat(rows(thread)).containsOnlyKeys("user_conversations");
        assertThat(LAB.number("SELECT count(*) FROM user_conversations WHERE root_id = ? AND state <> 'lost'", room))
                .isZero();
        assertThat(rowsOf(other)).isEqualTo(ofOther);
        assertThat(heads(member, position).lost())
                .extracting(Lost::conversation)
                .containsExactlyInAnyOrder(room, thread);
        assertThat(repairedSince(member, userVersion).lost()).containsExactlyInAnyOrder(room, thread);
    }

    /** In a thread that he does not even follow. */
    private static void keepSomething(UUID person, UUID conversation) {
        String messages = " FROM messages WHERE conversation_id = ? ORDER BY number ";
        String hidden =
                "SELECT (hide_messages(tenant_id, ?, conversation_id, ARRAY[id], 9)).outcome" + messages + "LIMIT 1";
        String starred =
                "SELECT (change_star(tenant_id, ?, conversation_id, id, true, 9)).outcome" + messages + "DESC LIMIT 1";
        String draft =
                "SELECT outcome FROM store_drafts(ARRAY[?], ARRAY[?], ARRAY[?], ARRAY['Begun'], ARRAY[NULL::uuid], 9)";
        assertThat(LAB.column(String.class, hidden, person, conversation)).containsExactly("ok");
        assertThat(LAB.column(String.class, starred, person, conversation)).containsExactly("ok");
        assertThat(LAB.column(String.class, draft, TENANT, person, conversation))
                .containsExactly("ok");
    }

    /** A thread that the member follows, with a message. */
    private UUID thread(long number) {
        UUID thread = Ids.next();
        LAB.update(
                "INSERT INTO conversations (tenant_id, root_id, id, type, created_at, updated_at, member_count, parent_number)"
                        + " VALUES (?, ?, ?, 'thread', now(), now(), 1, ?)",
                TENANT,
                room,
                thread,
                number);
        LAB.update(
                "INSERT INTO conversation_counters (tenant_id, root_id, id, last_number, last_version, last_counted,"
                        + " last_at, changed_xid) VALUES (?, ?, ?, 0, 1, 0, now(), pg_current_xact_id())",
                TENANT,
                room,
                thread);
        LAB.update(
                "INSERT INTO members (tenant_id, root_id, conversation_id, user_id, role, active, version, joined_at,"
                        + " from_number, from_version, from_counted) VALUES (?, ?, ?, ?, 'member', true, 1, now(), 1, 1, 0)",
                TENANT,
                room,
                thread,
                member);
        LAB.update(
                "INSERT INTO user_conversations (tenant_id, user_id, conversation_id, root_id, type, state, user_version,"
                        + " gained_at) VALUES (?, ?, ?, ?, 'thread', 'member', 0, now())",
                TENANT,
                member,
                thread,
                room);
        assertThat(GROUPS.say(member, thread, "In the thread")).isEqualTo(201);
        return thread;
    }

    @Test
    void aThreadEndsAndComesBackWithItsRoot() {
        UUID thread = thread(1);
        Position before = now(member);
        delete();

        assertThat(GROUPS.say(member, thread, "No")).isEqualTo(404);
        assertThat(GROUPS.refused(member, "getConversation", in(thread), "")).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(GROUPS.refused(member, "listMessages", in(thread), "")).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(heads(member, null).heads()).isEmpty();
        assertThat(heads(member, before).lost()).extracting(Lost::conversation).containsExactlyInAnyOrder(room, thread);

        restore();
        long since = heads(member, null).userVersion();
        bringBack();

        assertThat(GROUPS.say(member, thread, "Yes")).isEqualTo(201);
        assertThat(repairedSince(member, since).stays())
                .extracting(Stay::conversation)
                .containsExactlyInAnyOrder(room, thread);
    }

    @Test
    void aGroupEndsWithItsLastMemberWhoMayRestoreIt() {
        GROUPS.update(owner, room, "{\"visibility\": \"public\"}");
        GROUPS.call(member, "leaveConversation", in(room), "");
        Position before = now(owner);
        GROUPS.call(owner, "leaveConversation", in(room), "");

        assertThat(LAB.frames(room).getLast().ending()).isTrue();
        assertThat(heads(owner, before).lost()).extracting(Lost::conversation).containsExactly(room);
        assertThat(GROUPS.refused(member, "joinConversation", in(room), "")).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(GROUPS.refused(owner, "leaveConversation", in(room), "")).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(GROUPS.refused(member, "restoreConversation", in(room), "")).isEqualTo(ErrorCode.NOT_FOUND);
        restore();

        JsonNode back = GROUPS.conversation(owner, room);
        assertThat(back.get("role").textValue()).isEqualTo("owner");
        assertThat(back.get("memberCount").intValue()).isOne();
        assertThat(GROUPS.say(owner, room, "Back")).isEqualTo(201);
        GROUPS.call(owner, "leaveConversation", in(room), "");
        age("30 days 1 second");
        purge();
        assertThat(rows(room)).containsOnlyKeys("user_conversations");
    }

    /** A table that this finds nothing for needs an index that begins with one or the other. */
    @Test
    void whateverKeepsSomethingOfConversationsIsFoundByAnIndex() {
        assertThat(LAB.column(String.class, "SELECT name::text FROM conversation_tables() WHERE found_by = 'none'"))
                .isEmpty();
        assertThat(LAB.column(
                        String.class,
                        "SELECT table_name || '.' || column_name FROM information_schema.columns"
                                + " WHERE table_schema = 'parley' AND data_type = 'uuid' AND column_name LIKE '%conversation%'"
                                + " AND column_name <> 'conversation_id' AND table_name <> 'search_state'"))
                .isEmpty();
    }

    @Test
    void threadsAreNoGroups() {
        UUID thread = thread(1);
        Map<String, String> bodies = Map.of(
                "updateConversation", "{\"topic\": \"x\"}",
                "transferOwnership", "{\"user\": \"" + member + "\"}",
                "addMembers", "{\"users\": [\"" + member + "\"]}",
                "createConversationRole", "{\"name\": \"R\", \"permissions\": [\"pin\"]}",
                "updateMember", "{\"role\": \"admin\"}");

        for (String operation : List.of(
                "updateConversation",
                "deleteConversation",
                "restoreConversation",
                "joinConversation",
                "leaveConversation",
                "transferOwnership",
                "addMembers",
                "updateMember",
                "removeMember",
                "banMember",
                "liftBan",
                "listBans",
                "listInvites",
                "createInvite",
                "createConversationRole")) {
            assertThat(GROUPS.refused(owner, operation, in(thread, member), bodies.getOrDefault(operation, "{}")))
                    .as(operation)
                    .isEqualTo(ErrorCode.NOT_FOUND);
        }
    }
}
