package io.parley.features.conversations;

import static io.parley.features.GroupLab.in;
import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.bus.Frame;
import io.parley.features.GroupLab;
import io.parley.features.PersistenceLab;
import io.parley.support.ErrorCode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Roles, handing a group over, silencing, and lists of members. */
class GroupMembersIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab(GroupLab::features);

    private static final GroupLab GROUPS = new GroupLab(LAB);

    private final UUID owner = LAB.person();
    private final UUID admin = LAB.person();
    private final UUID member = LAB.person();
    private final UUID other = LAB.person();
    private final UUID room = GROUPS.group(owner, admin, member, other);

    GroupMembersIT() {
        GROUPS.updateMember(owner, room, admin, "{\"role\": \"admin\"}");
    }

    private UUID role(String... permissions) {
        String body = "{\"name\": \"Helper\", \"permissions\": [\"" + String.join("\",\"", permissions) + "\"]}";
        return UUID.fromString(GROUPS.ask(owner, "createConversationRole", in(room), body, "CustomRole")
                .get("id")
                .textValue());
    }

    private void give(UUID person, UUID role) {
        GROUPS.updateMember(owner, room, person, "{\"customRole\": \"" + role + "\"}");
    }

    private JsonNode lastEvent() {
        return LAB.content(LAB.frames(room).getLast());
    }

    private ErrorCode updateRefused(UUID actor, UUID person, String fields) {
        return GROUPS.refused(actor, "updateMember", in(room, person), fields);
    }

    @Test
    void aGroupIsHandedOverInOneChange() {
        int before = LAB.frames(room).size();

        JsonNode view =
                GROUPS.ask(owner, "transferOwnership", in(room), "{\"user\": \"" + member + "\"}", "Conversation");

        assertThat(view.get("role").textValue()).isEqualTo("admin");
        assertThat(GROUPS.conversation(member, room).get("role").textValue()).isEqualTo("owner");
        await().until(() -> LAB.frames(room).size() == before + 2);
        JsonNode event = LAB.content(LAB.frames(room).get(before));
        assertThat(event.get("type").textValue()).isEqualTo("member.updated");
        assertThat(event.get("members")).hasSize(2);
        assertThat(lastEvent().at("/message/system/event").textValue()).isEqualTo("ownership_transferred");
        assertThat(GROUPS.refused(owner, "transferOwnership", in(room), "{\"user\": \"" + owner + "\"}"))
                .isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(GROUPS.refused(member, "transferOwnership", in(room), "{\"user\": \"" + LAB.person() + "\"}"))
                .isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void whoeverIsSilencedReadsButDoesNotWriteUntilThen() {
        Instant until = Instant.now().plus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.MILLIS);
        GROUPS.say(member, room, "Before");
        JsonNode said = GROUPS.conversation(member, room).get("lastMessage");
        Map<String, Object> message =
                Map.of("conversationId", room, "messageId", said.get("id").textValue());

        JsonNode view = GROUPS.updateMember(admin, room, member, "{\"silencedUntil\": \"" + until + "\"}");

        assertThat(view.get("silencedUntil").textValue()).isEqualTo(until.toString());
        assertThat(lastEvent().at("/members/0/silencedUntil").textValue()).isEqualTo(until.toString());
        assertThat(GROUPS.conversation(member, room).get("silencedUntil").textValue())
                .isEqualTo(until.toString());
        assertThat(GROUPS.say(member, room, "No")).isEqualTo(403);
        assertThat(GROUPS.refused(member, "editMessage", message, "{\"text\": \"Other\"}"))
                .isEqualTo(ErrorCode.FORBIDDEN);
        GROUPS.ask(member, "listMessages", in(room), "", "MessageList");
        assertThat(updateRefused(member, member, "{\"silencedUntil\": null}")).isEqualTo(ErrorCode.FORBIDDEN);
        GROUPS.call(member, "leaveConversation", in(room), "");
        GROUPS.add(admin, room, member);
        assertThat(GROUPS.say(member, room, "Still not")).isEqualTo(403);

        GROUPS.updateMember(admin, room, member, "{\"silencedUntil\": null}");

        assertThat(GROUPS.say(member, room, "Again")).isEqualTo(201);
        assertThat(updateRefused(admin, owner, "{\"silencedUntil\": \"" + until + "\"}"))
                .isEqualTo(ErrorCode.FORBIDDEN);
        for (String bad : List.of("\"soon\"", "\"2001-01-01T00:00:00.000Z\"", "\"+12345-01-01T00:00:00.000Z\"")) {
            assertThat(updateRefused(admin, member, "{\"silencedUntil\": " + bad + "}"))
                    .isEqualTo(ErrorCode.VALIDATION_FAILED);
        }
    }

    @Test
    void whoBecomesAnOwnerIsSilencedNoMore() {
        String day = "{\"silencedUntil\": \"" + Instant.now().plus(1, ChronoUnit.DAYS) + "\"}";
        GROUPS.updateMember(admin, room, member, day);
        GROUPS.updateMember(admin, room, other, day);

        GROUPS.updateMember(owner, room, other, "{\"role\": \"owner\"}");
        GROUPS.call(owner, "transferOwnership", in(room), "{\"user\": \"" + member + "\"}");

        for (UUID person : List.of(member, other)) {
            assertThat(GROUPS.conversation(person, room).get("role").textValue())
                    .isEqualTo("owner");
            assertThat(GROUPS.say(person, room, "Thank you")).isEqualTo(201);
        }
    }

    @Test
    void aRoleLetsOneDoWhatItSaysAndNoMore() {
        GROUPS.update(owner, room, "{\"permissions\": {\"send\": \"admin\"}}");
        GROUPS.say(owner, room, "An announcement");
        JsonNode said = GROUPS.conversation(owner, room).get("lastMessage");
        assertThat(GROUPS.say(member, room, "No")).isEqualTo(403);

        UUID helper = role("send", "delete_messages", "silence", "add_members", "edit_settings");
        give(member, helper);

        assertThat(lastEvent().at("/members/0/customRole").textValue()).isEqualTo(helper.toString());
        assertThat(GROUPS.conversation(member, room).get("customRole").textValue())
                .isEqualTo(helper.toString());
        assertThat(GROUPS.say(member, room, "Yes")).isEqualTo(201);
        assertThat(GROUPS.say(other, room, "No")).isEqualTo(403);
        GROUPS.update(member, room, "{\"topic\": \"Mine\"}");
        GROUPS.add(member, room, LAB.person());
        String hour = "{\"silencedUntil\": \"" + Instant.now().plus(1, ChronoUnit.HOURS) + "\"}";
        GROUPS.updateMember(member, room, other, hour);
        assertThat(updateRefused(member, admin, hour)).isEqualTo(ErrorCode.FORBIDDEN);
        give(other, helper);
        assertThat(updateRefused(member, other, "{\"silencedUntil\": null}")).isEqualTo(ErrorCode.FORBIDDEN);
        GROUPS.call(
                member,
                "deleteMessage",
                Map.of("conversationId", room, "messageId", said.get("id").textValue()),
                "");
        assertThat(GROUPS.refused(member, "removeMember", in(room, other), "")).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(GROUPS.refused(member, "deleteConversation", in(room), "")).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(GROUPS.refused(member, "listBans", in(room), "")).isEqualTo(ErrorCode.FORBIDDEN);

        GROUPS.call(owner, "deleteConversationRole", Map.of("conversationId", room, "roleId", helper), "");

        assertThat(GROUPS.say(member, room, "No more")).isEqualTo(403);
        assertThat(GROUPS.refused(member, "updateConversation", in(room), "{\"topic\": \"x\"}"))
                .isEqualTo(ErrorCode.FORBIDDEN);
    }

    @Test
    void whatNobodyMayNoRoleAllows() {
        give(member, role("send"));
        GROUPS.update(owner, room, "{\"permissions\": {\"send\": \"nobody\"}}");

        assertThat(GROUPS.say(member, room, "No")).isEqualTo(403);
    }

    @Test
    void whoComesAgainHasNoRoleAnyMore() {
        give(member, role("ban"));
        GROUPS.call(member, "leaveConversation", in(room), "");
        GROUPS.add(owner, room, member);

        assertThat(GROUPS.conversation(member, room).has("customRole")).isFalse();
        assertThat(GROUPS.refused(member, "listBans", in(room), "")).isEqualTo(ErrorCode.FORBIDDEN);
    }

    @Test
    void nobodyGivesMoreThanHeHas() {
        GROUPS.update(owner, room, "{\"permissions\": {\"change_roles\": \"admin\"}}");
        UUID ending = role("delete_conversation");

        assertThat(updateRefused(admin, member, "{\"customRole\": \"" + ending + "\"}"))
                .isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(updateRefused(admin, admin, "{\"customRole\": \"" + ending + "\"}"))
                .isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(updateRefused(admin, member, "{\"role\": \"owner\"}")).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(updateRefused(admin, owner, "{\"role\": \"member\"}")).isEqualTo(ErrorCode.FORBIDDEN);
        GROUPS.updateMember(admin, room, member, "{\"role\": \"admin\"}");
        assertThat(updateRefused(admin, member, "{\"role\": \"member\"}")).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(updateRefused(owner, member, "{\"customRole\": \"" + UUID.randomUUID() + "\"}"))
                .isEqualTo(ErrorCode.VALIDATION_FAILED);
        UUID elsewhere = GROUPS.group(owner);
        JsonNode foreign = GROUPS.ask(
                owner,
                "createConversationRole",
                in(elsewhere),
                "{\"name\": \"R\", \"permissions\": [\"pin\"]}",
                "CustomRole");
        assertThat(updateRefused(owner, member, "{\"customRole\": " + foreign.get("id") + "}"))
                .isEqualTo(ErrorCode.VALIDATION_FAILED);
        GROUPS.updateMember(member, room, member, "{\"role\": \"member\"}");
    }

    @Test
    void theListTellsWhoMadeItWhoBroughtWhomAndWhenSomebodyWasSeen() {
        UUID late = LAB.person();
        GROUPS.add(admin, room, late);
        GROUPS.say(owner, room, "Hello");
        GROUPS.call(member, "markRead", in(room), "{\"number\": 2}");

        JsonNode list =
                GROUPS.ask(other, "listMembers", in(room), "", "MemberList").get("items");

        Map<UUID, JsonNode> byUser = new HashMap<>();
        list.forEach(one -> byUser.put(UUID.fromString(one.get("user").textValue()), one));
        assertThat(byUser.keySet()).containsExactlyInAnyOrder(owner, admin, member, other, late);
        assertThat(byUser.get(owner).get("creator").booleanValue()).isTrue();
        assertThat(byUser.get(member).has("creator")).isFalse();
        assertThat(byUser.get(late).get("invitedBy").textValue()).isEqualTo(admin.toString());
        assertThat(byUser.get(member).get("lastSeenAt").isTextual()).isTrue();
        assertThat(byUser.get(other).has("lastSeenAt")).isFalse();

        GROUPS.remove(admin, room, late);

        Map<String, Object> left = new HashMap<>(in(room));
        left.put("left", true);
        JsonNode gone = GROUPS.ask(other, "listMembers", left, "", "MemberList").get("items");
        assertThat(gone).hasSize(1);
        assertThat(gone.at("/0/user").textValue()).isEqualTo(late.toString());
        assertThat(Instant.parse(gone.at("/0/leftAt").textValue()))
                .isAfterOrEqualTo(Instant.parse(gone.at("/0/joinedAt").textValue()));
        assertThat(GROUPS.refused(late, "listMembers", left, "")).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void membersAreFoundByTheBeginningsOfTheirNamesPageByPage() {
        List<UUID> found = new ArrayList<>();
        for (String name : List.of("Nguyễn Văn Đức", "Đức Trần", "Duc Anh Nguyen", "Dúck", "Ann Duc Duck")) {
            found.add(GROUPS.named(name));
        }
        UUID outside = GROUPS.named("Duc Outside");
        GROUPS.add(owner, room, found.toArray(UUID[]::new));

        for (int size : List.of(0, 3_000)) {
            // As if it had so many members, others are found in another way.
            LAB.update("UPDATE conversations SET member_count = member_count + ? WHERE id = ?", size, room);
            assertThat(search("đuc", 2))
                    .containsExactlyInAnyOrderElementsOf(found)
                    .doesNotContain(outside);
            assertThat(search("duc ng", 2)).containsExactlyInAnyOrder(found.get(0), found.get(2));
            assertThat(search("duck", 2)).containsExactlyInAnyOrder(found.get(3), found.get(4));
            assertThat(search("nobody", 2)).isEmpty();
            assertThat(search(" ", 2)).hasSize(9);
        }
    }

    /** However many are in it, and in either way of searching. */
    @Test
    void whoHasLeftIsFoundAmongThoseWhoLeft() {
        UUID gone = GROUPS.named("Ghost One");
        UUID still = GROUPS.named("Ghost Two");
        GROUPS.add(owner, room, gone, still);
        GROUPS.remove(owner, room, gone);
        Map<String, Object> parameters = new HashMap<>(in(room));
        parameters.put("left", true);
        parameters.put("q", "gho");

        assertThat(GROUPS.ask(other, "listMembers", parameters, "", "MemberList")
                        .get("items"))
                .extracting(one -> one.get("user").textValue())
                .containsExactly(gone.toString());
        LAB.update("""
                INSERT INTO members (tenant_id, root_id, conversation_id, user_id, role, active, version, joined_at,
                                     from_number, from_version, from_counted)
                SELECT ?, ?, ?, gen_random_uuid(), 'member', false, 1, now(), 1, 1, 0 FROM generate_series(1, 2001)""", TENANT, room, room);
        assertThat(GROUPS.ask(other, "listMembers", parameters, "", "MemberList")
                        .get("items"))
                .extracting(one -> one.get("user").textValue())
                .containsExactly(gone.toString());
        String plan = String.join(
                "\n",
                LAB.column(
                        String.class,
                        "EXPLAIN SELECT user_id FROM members WHERE conversation_id = '" + room
                                + "' AND NOT active ORDER BY user_id LIMIT 50"));
        assertThat(plan).contains("members_left");
    }

    private List<UUID> search(String q, int limit) {
        List<UUID> found = new ArrayList<>();
        Map<String, Object> parameters = new HashMap<>(in(room));
        parameters.put("q", q);
        parameters.put("limit", limit);
        while (true) {
            JsonNode page = GROUPS.ask(member, "listMembers", parameters, "", "MemberList");
            page.get("items")
                    .forEach(one -> found.add(UUID.fromString(one.get("user").textValue())));
            if (page.get("next").isNull()) {
                return found;
            }
            parameters.put("cursor", page.get("next").textValue());
        }
    }

    @Test
    void onesOwnConversationsAreFoundByNameKindAndStatus() {
        UUID peer = GROUPS.named("Grace Hopper");
        String direct = "{\"type\": \"direct\", \"members\": [\"" + peer + "\"]}";
        UUID pair = UUID.fromString(GROUPS.ask(member, "createConversation", Map.of(), direct, "Conversation")
                .get("id")
                .textValue());
        UUID named = GROUPS.group(member, "\"name\": \"Größe und Grace\"");
        UUID archived = GROUPS.group(member, "\"name\": \"Archive\"");
        GROUPS.update(member, archived, "{\"status\": \"archived\"}");

        assertThat(conversations(Map.of("q", "grac"))).containsExactlyInAnyOrder(pair, named);
        assertThat(conversations(Map.of("q", "grosse grace"))).containsExactly(named);
        assertThat(conversations(Map.of("kind", "direct"))).containsExactly(pair);
        assertThat(conversations(Map.of("status", "archived"))).containsExactly(archived);
        assertThat(conversations(Map.of("status", "active"))).containsExactlyInAnyOrder(pair, named, room);
        assertThat(conversations(Map.of())).containsExactlyInAnyOrder(pair, named, room, archived);
        assertThat(conversations(Map.of("q", "hopper", "kind", "group"))).isEmpty();
        GROUPS.update(member, named, "{\"name\": \"Other\"}");
        assertThat(conversations(Map.of("q", "grac"))).containsExactly(pair);
    }

    private List<UUID> conversations(Map<String, Object> parameters) {
        List<UUID> found = new ArrayList<>();
        GROUPS.ask(member, "listConversations", parameters, "", "ConversationList")
                .get("items")
                .forEach(one -> found.add(UUID.fromString(one.get("id").textValue())));
        return found;
    }

    @Test
    void joiningAndLeavingOfAPublicGroupMayBeRepeated() {
        UUID passer = LAB.person();
        assertThat(GROUPS.refused(passer, "joinConversation", in(room), "")).isEqualTo(ErrorCode.NOT_FOUND);
        GROUPS.update(owner, room, "{\"visibility\": \"public\"}");

        JsonNode view = GROUPS.ask(passer, "joinConversation", in(room), "", "Conversation");
        int frames = LAB.frames(room).size();
        GROUPS.ask(passer, "joinConversation", in(room), "", "Conversation");

        assertThat(view.get("role").textValue()).isEqualTo("member");
        assertThat(LAB.frames(room)).hasSize(frames);
        assertThat(lastEvent().at("/message/system/event").textValue()).isEqualTo("member_joined");
        GROUPS.call(passer, "leaveConversation", in(room), "");
        assertThat(GROUPS.refused(passer, "leaveConversation", in(room), "")).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(GROUPS.refused(owner, "leaveConversation", in(room), "")).isEqualTo(ErrorCode.LAST_OWNER);
        assertThat(LAB.number(
                        "SELECT count(*) FROM members WHERE tenant_id = ? AND conversation_id = ? AND active",
                        TENANT,
                        room))
                .isEqualTo(4);
        assertThat(LAB.frames(room)).extracting(Frame::version).isSorted();
    }
}
