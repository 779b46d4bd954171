package io.parley.features.conversations;

import static io.parley.features.GroupLab.in;
import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.parley.ContractSchemas;
import io.parley.features.GroupLab;
import io.parley.features.PersistenceLab;
import io.parley.support.AppError;
import io.parley.support.Ids;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation on groups, asked by everybody who stands in some relation to one. */
class GroupRightsIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab(GroupLab::features);

    private static final GroupLab GROUPS = new GroupLab(LAB);

    /** Helpers are members with a role that may do everything but what is for owners. */
    private static final List<String> RELATIONS =
            List.of("owner", "admin", "member", "helper", "silenced", "banned", "former", "stranger", "foreigner");

    /** - not_found, x forbidden, o done, 1 last_owner; what is asked for, then one place for each relation. */
    private static final String TABLE = """
            getConversation                         o o o o o - - - -
            listMembers                             o o o o o - - - -
            sendMessage                             o o o o x - - - -
            updateConversation.topic                o o x o x - - - -
            updateConversation.permissions          o x x x x - - - -
            updateConversation.status               o o x o x - - - -
            deleteConversation                      o x x x x - - - -
            restoreConversation                     o x x x x - - - -
            restoreConversation.deleted             o - - - - - - - -
            joinConversation                        o o o o o - - - -
            joinConversation.public                 o o o o o x o o -
            leaveConversation                       1 o o o o - - - -
            transferOwnership                       o x x x x - - - -
            addMembers                              o o x o x - - - -
            addMembers.asAdmin                      o o x x x - - - -
            updateMember.role                       o x x x x - - - -
            updateMember.customRole                 o x x x x - - - -
            updateMember.silencedUntil              o o x o x - - - -
            removeMember                            o o x o x - - - -
            removeMember.admin                      o x x x x - - - -
            listBans                                o o x o x - - - -
            banMember                               o o x o x - - - -
            banMember.admin                         o x x x x - - - -
            liftBan                                 o o x o x - - - -
            listInvites                             o o x o x - - - -
            createInvite                            o o x o x - - - -
            revokeInvite                            o o x o x - - - -
            previewInvite                           o o o o o - o o -
            acceptInvite                            o o o o o - o o -
            createConversationRole                  o x x x x - - - -
            updateConversationRole                  o x x x x - - - -
            deleteConversationRole                  o x x x x - - - -
            createConversation                      o o o o o o o o o
            listConversations                       o o o o o o o o o
            searchDirectory                         o o o o o o o o o
            listRoles                               o o o o o o o o o
            createRole                              x x x x x x x x x
            updateRole                              x x x x x x x x x
            deleteRole                              x x x x x x x x x
            listTemplates                           o o o o o o o o o
            createTemplate                          x x x x x x x x x
            replaceTemplate                         x x x x x x x x x
            deleteTemplate                          x x x x x x x x x
            """;

    private static final Map<String, String> OUTCOMES =
            Map.of("-", "not_found", "x", "forbidden", "o", "done", "1", "last_owner");

    /** A group with somebody of each relation, and a plain member and another admin to whom things are done. */
    private static final class Cast {
        final UUID owner = LAB.person();
        final Map<String, UUID> people = new HashMap<>();
        final UUID victim = LAB.person();
        final UUID deputy = LAB.person();
        final UUID role;
        final UUID room;
        final UUID invite;
        final String token;

        Cast() {
            for (String relation : RELATIONS) {
                people.put(relation, relation.equals("foreigner") ? LAB.person(Ids.next()) : LAB.person());
            }
            people.put("owner", owner);
            room = GROUPS.group(
                    owner,
                    Stream.concat(
                                    Stream.of("admin", "member", "helper", "silenced", "banned", "former")
                                            .map(people::get),
                                    Stream.of(victim, deputy))
                            .toArray(UUID[]::new));
            GROUPS.updateMember(owner, room, people.get("admin"), "{\"role\": \"admin\"}");
            GROUPS.updateMember(owner, room, deputy, "{\"role\": \"admin\"}");
            String permissions =
                    "{\"name\": \"Helper\", \"permissions\": [\"send\", \"add_members\", \"remove_members\", \"invite\","
                            + " \"ban\", \"silence\", \"edit_settings\", \"archive\", \"delete_messages\"]}";
            role = UUID.fromString(GROUPS.ask(owner, "createConversationRole", in(room), permissions, "CustomRole")
                    .get("id")
                    .textValue());
            GROUPS.updateMember(owner, room, people.get("helper"), "{\"customRole\": \"" + role + "\"}");
            GROUPS.updateMember(owner, room, people.get("silenced"), "{\"silencedUntil\": \"" + inAnHour() + "\"}");
            GROUPS.call(owner, "banMember", in(room, people.get("banned")), "{}");
            GROUPS.remove(owner, room, people.get("former"));
            var link = GROUPS.ask(owner, "createInvite", in(room), "{}", "Invite");
            invite = UUID.fromString(link.get("id").textValue());
            token = link.get("token").textValue();
        }

        static String inAnHour() {
            return Instant.now()
                    .plus(1, ChronoUnit.HOURS)
                    .truncatedTo(ChronoUnit.MILLIS)
                    .toString();
        }

        Map<String, Object> parameters(String what) {
            Map<String, Object> parameters = new HashMap<>(in(room, what.endsWith(".admin") ? deputy : victim));
            parameters.put("inviteId", invite);
            parameters.put("roleId", role);
            parameters.put("templateId", Ids.next());
            return parameters;
        }

        String body(String what) {
            return switch (what) {
                case "sendMessage" -> "{\"type\": \"text\", \"text\": \"Hello\"}";
                case "updateConversation.topic" -> "{\"topic\": \"Other\"}";
                case "updateConversation.permissions" -> "{\"permissions\": {\"pin\": \"admin\"}}";
                case "updateConversation.status" -> "{\"status\": \"archived\"}";
                case "transferOwnership" -> "{\"user\": \"" + victim + "\"}";
                case "addMembers" -> "{\"users\": [\"" + LAB.person() + "\"]}";
                case "addMembers.asAdmin" -> "{\"users\": [\"" + LAB.person() + "\"], \"role\": \"admin\"}";
                case "updateMember.role" -> "{\"role\": \"admin\"}";
                case "updateMember.customRole" -> "{\"customRole\": \"" + role + "\"}";
                case "updateMember.silencedUntil" -> "{\"silencedUntil\": \"" + inAnHour() + "\"}";
                case "previewInvite", "acceptInvite" -> "{\"token\": \"" + token + "\"}";
                case "createConversationRole", "createRole" -> "{\"name\": \"R\", \"permissions\": [\"pin\"]}";
                case "updateConversationRole", "updateRole" -> "{\"name\": \"Other\"}";
                case "createConversation" -> "{\"type\": \"group\", \"name\": \"Own\", \"members\": []}";
                case "createTemplate", "replaceTemplate" -> "{\"name\": \"T\", \"settings\": {}, \"members\": []}";
                default -> "{}";
            };
        }

        void prepare(String what) {
            if (what.equals("restoreConversation.deleted")) {
                GROUPS.call(owner, "deleteConversation", in(room), "");
            } else if (what.equals("joinConversation.public")) {
                GROUPS.update(owner, room, "{\"visibility\": \"public\"}");
            }
        }

        String outcome(String what, String relation) {
            prepare(what);
            UUID person = people.get(relation);
            UUID tenant = relation.equals("foreigner")
                    ? LAB.column(UUID.class, "SELECT tenant_id FROM users WHERE id = ?", person)
                            .getFirst()
                    : TENANT;
            String operation = what.split("\\.", 2)[0];
            Throwable failure =
                    catchThrowable(() -> GROUPS.call(tenant, person, operation, parameters(what), body(what)));
            if (failure == null) {
                return "done";
            }
            assertThat(failure.getCause()).isInstanceOf(AppError.class);
            return ((AppError) failure.getCause()).code().word();
        }
    }

    static Stream<String> rows() {
        return TABLE.lines();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void everybodyMayDoWhatHeMayAndNothingElse(String row) {
        List<String> cells = Arrays.asList(row.trim().split("\\s+"));
        String what = cells.getFirst();
        for (int i = 0; i < RELATIONS.size(); i++) {
            String relation = RELATIONS.get(i);
            assertThat(new Cast().outcome(what, relation))
                    .as("%s by %s", what, relation)
                    .isEqualTo(OUTCOMES.get(cells.get(i + 1)));
        }
    }

    @Test
    void noOperationOnGroupsIsLeftOut() {
        Set<String> described = new TreeSet<>();
        ContractSchemas.openApi()
                .document()
                .at("/paths")
                .properties()
                .forEach(path -> path.getValue().forEach(operation -> {
                    String tag = operation.at("/tags/0").asText();
                    if (Set.of("conversations", "members", "roles", "bans", "invites", "directory", "templates")
                            .contains(tag)) {
                        described.add(operation.path("operationId").asText());
                    }
                }));

        Set<String> inTable = new TreeSet<>();
        rows().forEach(row -> inTable.add(row.trim().split("[.\\s]", 2)[0]));
        inTable.remove("sendMessage");
        assertThat(inTable).isEqualTo(described);
    }
}
