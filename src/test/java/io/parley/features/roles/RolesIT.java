package io.parley.features.roles;

import static io.parley.features.GroupLab.in;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.GroupLab;
import io.parley.features.PersistenceLab;
import io.parley.server.contract.Answer;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RolesIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab(GroupLab::features);

    private static final GroupLab GROUPS = new GroupLab(LAB);

    private final UUID platformAdmin = GROUPS.admin();
    private final UUID owner = LAB.person();
    private final UUID member = LAB.person();
    private final UUID room = GROUPS.group(owner, member);

    private static Map<String, Object> role(UUID conversation, UUID role) {
        Map<String, Object> parameters = new HashMap<>(in(conversation));
        parameters.put("roleId", role);
        return parameters;
    }

    @Test
    void aRoleOfTheTenantCanBeGivenInEveryGroupAndChangesForAllAtOnce() {
        UUID id = Ids.next();
        String body = "{\"id\": \"%s\", \"name\": \"Guard\", \"permissions\": [\"ban\"]}".formatted(id);
        assertThat(GROUPS.refused(owner, "createRole", Map.of(), body)).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(GROUPS.call(platformAdmin, "createRole", Map.of(), body).status())
                .isEqualTo(201);
        assertThat(GROUPS.call(platformAdmin, "createRole", Map.of(), body).status())
                .isEqualTo(200);
        assertThat(GROUPS.ask(member, "listRoles", Map.of(), "", "CustomRoleList")
                        .toString())
                .contains(id.toString());
        GROUPS.updateMember(owner, room, member, "{\"customRole\": \"" + id + "\"}");
        GROUPS.ask(member, "listBans", in(room), "", "BanList");
        UUID second = GROUPS.group(member);
        GROUPS.updateMember(member, second, member, "{\"customRole\": \"" + id + "\"}");

        GROUPS.ask(platformAdmin, "updateRole", Map.of("roleId", id), "{\"permissions\": [\"invite\"]}", "CustomRole");

        assertThat(GROUPS.refused(member, "listBans", in(room), "")).isEqualTo(ErrorCode.FORBIDDEN);
        GROUPS.ask(member, "listInvites", in(room), "", "InviteList");
        assertThat(GROUPS.refused(owner, "updateRole", Map.of("roleId", id), "{\"name\": \"x\"}"))
                .isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(GROUPS.refused(owner, "deleteRole", Map.of("roleId", id), ""))
                .isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(GROUPS.call(platformAdmin, "deleteRole", Map.of("roleId", id), "")
                        .status())
                .isEqualTo(204);
        assertThat(GROUPS.refused(member, "listInvites", in(room), "")).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(GROUPS.refused(platformAdmin, "deleteRole", Map.of("roleId", id), ""))
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(GROUPS.refused(platformAdmin, "createRole", Map.of(), body)).isEqualTo(ErrorCode.CONFLICT);
    }

    @Test
    void aRoleOfAGroupIsAmongItsSettings() {
        UUID id = Ids.next();
        String body = "{\"id\": \"%s\", \"name\": \"Voice\", \"permissions\": [\"send\"]}".formatted(id);

        Answer made = GROUPS.call(owner, "createConversationRole", in(room), body);
        Answer again = GROUPS.call(owner, "createConversationRole", in(room), body);

        assertThat(made.status()).isEqualTo(201);
        assertThat(again.status()).isEqualTo(200);
        JsonNode event = LAB.content(LAB.frames(room).getLast());
        assertThat(event.get("type").textValue()).isEqualTo("conversation.updated");
        assertThat(event.at("/data/roles/0/name").textValue()).isEqualTo("Voice");
        JsonNode view = GROUPS.conversation(member, room);
        assertThat(view.get("roles")).isEqualTo(event.at("/data/roles"));
        assertThat(view.get("lastVersion").longValue()).isEqualTo(2);
        assertThat(GROUPS.refused(member, "createConversationRole", in(room), body))
                .isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(GROUPS.refused(member, "updateConversationRole", role(room, id), "{\"name\": \"x\"}"))
                .isEqualTo(ErrorCode.FORBIDDEN);

        GROUPS.ask(owner, "updateConversationRole", role(room, id), "{\"name\": \"Loud\"}", "CustomRole");

        assertThat(GROUPS.conversation(member, room).at("/roles/0/name").textValue())
                .isEqualTo("Loud");
        assertThat(GROUPS.conversation(member, room)
                        .at("/roles/0/permissions/0")
                        .textValue())
                .isEqualTo("send");
        UUID other = GROUPS.group(owner);
        assertThat(GROUPS.refused(owner, "updateConversationRole", role(other, id), "{\"name\": \"x\"}"))
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(GROUPS.refused(platformAdmin, "updateRole", Map.of("roleId", id), "{\"name\": \"x\"}"))
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(GROUPS.call(owner, "deleteConversationRole", role(room, id), "")
                        .status())
                .isEqualTo(204);
        assertThat(GROUPS.conversation(member, room).get("roles")).isEmpty();
        assertThat(GROUPS.refused(owner, "createConversationRole", in(room), body))
                .isEqualTo(ErrorCode.CONFLICT);
    }

    @Test
    void whatARoleGivesHoldsForReactionsAndPinsButNotInAnArchivedGroup() {
        UUID helper = LAB.person();
        GROUPS.add(owner, room, helper);
        GROUPS.update(owner, room, "{\"permissions\": {\"react\": \"owner\", \"pin\": \"owner\"}}");
        String permissions = "{\"name\": \"Hand\", \"permissions\": [\"react\", \"pin\"]}";
        JsonNode role = GROUPS.ask(owner, "createConversationRole", in(room), permissions, "CustomRole");
        GROUPS.updateMember(owner, room, helper, "{\"customRole\": " + role.get("id") + "}");
        GROUPS.say(owner, room, "Hello");
        JsonNode said = GROUPS.conversation(owner, room).get("lastMessage");
        Map<String, Object> message = new HashMap<>(in(room));
        message.put("messageId", said.get("id").textValue());
        Map<String, Object> reaction = new HashMap<>(message);
        reaction.put("emoji", "👍");

        assertThat(GROUPS.refused(member, "addReaction", reaction, "")).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(GROUPS.refused(member, "pinMessage", message, "")).isEqualTo(ErrorCode.FORBIDDEN);
        GROUPS.call(helper, "addReaction", reaction, "");
        GROUPS.call(helper, "pinMessage", message, "");

        GROUPS.update(owner, room, "{\"status\": \"archived\"}");
        for (UUID person : List.of(owner, helper)) {
            Map<String, Object> another = new HashMap<>(message);
            another.put("emoji", "🎉");
            assertThat(GROUPS.refused(person, "addReaction", another, "")).isEqualTo(ErrorCode.FORBIDDEN);
            assertThat(GROUPS.refused(person, "unpinMessage", message, "")).isEqualTo(ErrorCode.FORBIDDEN);
        }
    }

    @Test
    void aGroupHasAtMostFiftyRoles() {
        for (int i = 0; i < 50; i++) {
            GROUPS.call(
                    owner,
                    "createConversationRole",
                    in(room),
                    "{\"name\": \"R" + i + "\", \"permissions\": [\"pin\"]}");
        }

        assertThat(GROUPS.refused(
                        owner, "createConversationRole", in(room), "{\"name\": \"R\", \"permissions\": [\"pin\"]}"))
                .isEqualTo(ErrorCode.CONFLICT);
    }
}
