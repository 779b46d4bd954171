package io.parley.features.conversations;

import static io.parley.features.GroupLab.in;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.bus.Frame;
import io.parley.features.GroupLab;
import io.parley.features.PersistenceLab;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can be set in a group, who may, what it does, and what everybody is told of it. */
class GroupSettingsIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab(GroupLab::features);

    private static final GroupLab GROUPS = new GroupLab(LAB);

    private final UUID owner = LAB.person();
    private final UUID admin = LAB.person();
    private final UUID member = LAB.person();
    private final UUID room = GROUPS.group(owner, admin, member);

    GroupSettingsIT() {
        GROUPS.updateMember(owner, room, admin, "{\"role\": \"admin\"}");
    }

    private List<Frame> frames(int count) {
        await().until(() -> LAB.frames(room).size() >= count);
        return LAB.frames(room);
    }

    private JsonNode event(int version) {
        return LAB.content(frames(version).get(version - 1));
    }

    @Test
    void aNewGroupHasTheDefaultsThatItTells() {
        JsonNode view = GROUPS.conversation(member, room);

        assertThat(view.get("status").textValue()).isEqualTo("active");
        assertThat(view.get("notifications").textValue()).isEqualTo("all");
        assertThat(view.get("slowModeSeconds").intValue()).isZero();
        assertThat(view.get("roles")).isEmpty();
        assertThat(view.get("permissions")).hasSize(15);
        assertThat(view.at("/permissions/send").textValue()).isEqualTo("member");
        assertThat(view.at("/permissions/add_members").textValue()).isEqualTo("admin");
        assertThat(view.at("/permissions/delete_conversation").textValue()).isEqualTo("owner");
        JsonNode created = event(1).get("data");
        assertThat(created.get("permissions")).isEqualTo(view.get("permissions"));
    }

    @Test
    void onlyWhatIsGivenIsChangedInOneChangeThatTellsIt() {
        JsonNode changed = GROUPS.update(admin, room, """
                {"description": "What for\\nand why", "topic": "Today", "color": "#00ff7f", "icon": "🧭",
                 "visibility": "public", "history": "since_join", "notifications": "mentions", "slowModeSeconds": 5}""");

        assertThat(changed.get("name").textValue()).isEqualTo("Group");
        assertThat(changed.get("topic").textValue()).isEqualTo("Today");
        assertThat(changed.get("lastVersion").longValue()).isEqualTo(4);
        JsonNode event = event(3);
        assertThat(event.get("type").textValue()).isEqualTo("conversation.updated");
        assertThat(event.get("actor").textValue()).isEqualTo(admin.toString());
        assertThat(event.get("data").properties())
                .extracting(Map.Entry::getKey)
                .containsExactlyInAnyOrder(
                        "description",
                        "topic",
                        "color",
                        "icon",
                        "visibility",
                        "history",
                        "notifications",
                        "slowModeSeconds");
        JsonNode notice = event(4).at("/message/system");
        assertThat(notice.get("event").textValue()).isEqualTo("settings_changed");
        assertThat(notice.get("changed")).hasSize(8);

        JsonNode without = GROUPS.update(admin, room, "{\"topic\": null, \"color\": \"#00ff7f\"}");

        assertThat(without.has("topic")).isFalse();
        assertThat(without.get("description").textValue()).isEqualTo("What for\nand why");
        assertThat(event(5).get("data").toString()).isEqualTo("{\"topic\":null}");
        GROUPS.update(admin, room, "{\"topic\": null}");
        assertThat(LAB.frames(room)).hasSize(6);
    }

    @ParameterizedTest
    @CsvSource({"topic, two\\nlines", "icon, a\\u0007", "name, '   '", "description, a\\u0000", "topic, half \\ud83d"})
    void whatCannotBeShownIsRefused(String field, String text) {
        assertThat(GROUPS.refused(admin, "updateConversation", in(room), "{\"%s\": \"%s\"}".formatted(field, text)))
                .isEqualTo(ErrorCode.VALIDATION_FAILED);
    }

    @Test
    void announcementsAreForThoseWhoMaySend() {
        GROUPS.update(owner, room, "{\"permissions\": {\"send\": \"admin\"}}");

        assertThat(GROUPS.say(member, room, "No")).isEqualTo(403);
        assertThat(GROUPS.say(admin, room, "Yes")).isEqualTo(201);
        GROUPS.update(owner, room, "{\"permissions\": {\"send\": \"nobody\"}}");
        assertThat(GROUPS.say(owner, room, "No")).isEqualTo(403);
        GROUPS.update(owner, room, "{\"permissions\": {\"send\": \"member\"}}");
        assertThat(GROUPS.say(member, room, "Yes")).isEqualTo(201);
        assertThat(LAB.number("SELECT count(*) FROM conversations WHERE id = ? AND permissions = '{}'", room))
                .isOne();
    }

    @Test
    void membersMayAddMembersWhereItIsSetSo() {
        UUID other = LAB.person();
        assertThat(GROUPS.refused(member, "addMembers", in(room), "{\"users\": [\"" + other + "\"]}"))
                .isEqualTo(ErrorCode.FORBIDDEN);

        GROUPS.update(owner, room, "{\"permissions\": {\"add_members\": \"member\"}}");

        GROUPS.add(member, room, other);
        String asAdmin = "{\"users\": [\"" + LAB.person() + "\"], \"role\": \"admin\"}";
        assertThat(GROUPS.refused(member, "addMembers", in(room), asAdmin)).isEqualTo(ErrorCode.FORBIDDEN);
    }

    @Test
    void nobodyGivesHimselfAPermissionThatHeHasNot() {
        GROUPS.update(owner, room, "{\"permissions\": {\"change_roles\": \"admin\"}}");

        assertThat(GROUPS.refused(
                        admin,
                        "updateConversation",
                        in(room),
                        "{\"permissions\": {\"delete_conversation\": \"admin\"}}"))
                .isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(GROUPS.refused(admin, "updateConversation", in(room), "{\"permissions\": {\"ban\": \"owner\"}}"))
                .isEqualTo(ErrorCode.FORBIDDEN);
        GROUPS.update(admin, room, "{\"permissions\": {\"ban\": \"member\", \"delete_conversation\": \"owner\"}}");
        assertThat(GROUPS.refused(member, "updateConversation", in(room), "{\"permissions\": {\"ban\": \"admin\"}}"))
                .isEqualTo(ErrorCode.FORBIDDEN);
    }

    @Test
    void slowModeHoldsForMembersAndOnlyWhileItIsOn() {
        GROUPS.update(admin, room, "{\"slowModeSeconds\": 3600}");

        assertThat(GROUPS.say(member, room, "One")).isEqualTo(201);
        assertThat(GROUPS.say(member, room, "Two")).isEqualTo(429);
        assertThat(GROUPS.say(admin, room, "One")).isEqualTo(201);
        assertThat(GROUPS.say(admin, room, "Two")).isEqualTo(201);
        GROUPS.update(admin, room, "{\"slowModeSeconds\": 0}");
        assertThat(GROUPS.say(member, room, "Three")).isEqualTo(201);
    }

    @Test
    void anArchivedGroupCanOnlyBeRead() {
        GROUPS.update(owner, room, "{\"visibility\": \"public\"}");
        assertThat(GROUPS.say(member, room, "Before")).isEqualTo(201);
        JsonNode said = GROUPS.conversation(member, room).get("lastMessage");
        Map<String, Object> message =
                Map.of("conversationId", room, "messageId", said.get("id").textValue());

        assertThat(GROUPS.update(admin, room, "{\"status\": \"archived\"}")
                        .get("status")
                        .textValue())
                .isEqualTo("archived");

        assertThat(LAB.content(LAB.frames(room).getLast())
                        .at("/message/system/event")
                        .textValue())
                .isEqualTo("archived");
        assertThat(GROUPS.say(owner, room, "No")).isEqualTo(403);
        assertThat(GROUPS.refused(member, "editMessage", message, "{\"text\": \"Other\"}"))
                .isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(GROUPS.refused(owner, "updateConversation", in(room), "{\"topic\": \"No\"}"))
                .isEqualTo(ErrorCode.FORBIDDEN);
        AppError add = GROUPS.refusal(owner, "addMembers", in(room), "{\"users\": [\"" + LAB.person() + "\"]}");
        assertThat(add.code()).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(add.detail()).contains("archived");
        assertThat(GROUPS.refused(LAB.person(), "joinConversation", in(room), ""))
                .isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(GROUPS.refused(owner, "createInvite", in(room), "{}")).isEqualTo(ErrorCode.FORBIDDEN);
        GROUPS.ask(member, "listMessages", in(room), "", "MessageList");
        GROUPS.call(member, "deleteMessage", message, "");
        GROUPS.call(member, "leaveConversation", in(room), "");
        assertThat(GROUPS.refused(member, "updateConversation", in(room), "{\"status\": \"active\"}"))
                .isEqualTo(ErrorCode.NOT_FOUND);

        assertThat(GROUPS.update(owner, room, "{\"status\": \"active\"}")
                        .get("status")
                        .textValue())
                .isEqualTo("active");
        assertThat(GROUPS.say(owner, room, "Again")).isEqualTo(201);
        assertThat(LAB.frames(room)).extracting(Frame::version).isSorted();
    }

    @Test
    void aDirectConversationHasNoSettings() {
        String body = "{\"type\": \"direct\", \"members\": [\"" + member + "\"]}";
        UUID pair = UUID.fromString(GROUPS.ask(owner, "createConversation", Map.of(), body, "Conversation")
                .get("id")
                .textValue());

        assertThat(GROUPS.refused(owner, "updateConversation", in(pair), "{\"topic\": \"No\"}"))
                .isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(GROUPS.refused(owner, "deleteConversation", in(pair), "")).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(GROUPS.conversation(owner, pair).has("permissions")).isFalse();
        String withTopic = "{\"type\": \"direct\", \"members\": [\"" + admin + "\"], \"topic\": \"No\"}";
        assertThat(GROUPS.refused(owner, "createConversation", Map.of(), withTopic))
                .isEqualTo(ErrorCode.VALIDATION_FAILED);
    }

    @Test
    void settingsMayBeGivenWhenItIsMade() {
        UUID made = GROUPS.group(
                owner,
                "\"name\": \"News\", \"topic\": \"All\", \"slowModeSeconds\": 9, \"permissions\": {\"send\": \"admin\"}",
                member);

        JsonNode view = GROUPS.conversation(member, made);
        assertThat(view.get("topic").textValue()).isEqualTo("All");
        assertThat(view.get("slowModeSeconds").intValue()).isEqualTo(9);
        assertThat(view.at("/permissions/send").textValue()).isEqualTo("admin");
        assertThat(view.get("lastVersion").longValue()).isOne();
        assertThat(GROUPS.say(member, made, "No")).isEqualTo(403);
        await().until(() -> !LAB.frames(made).isEmpty());
        ObjectNode told = (ObjectNode) LAB.content(LAB.frames(made).getFirst()).get("data");
        told.remove("members");
        told.properties().forEach(field -> assertThat(field.getValue()).isEqualTo(view.get(field.getKey())));
    }
}
