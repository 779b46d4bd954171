package io.parley.features.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.GroupLab;
import io.parley.features.PersistenceLab;
import io.parley.server.contract.Answer;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TemplatesIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab(GroupLab::features);

    private static final GroupLab GROUPS = new GroupLab(LAB);

    private final UUID admin = GROUPS.admin();
    private final UUID person = LAB.person();
    private final UUID helper = LAB.person();

    private JsonNode template(String fields) {
        return GROUPS.ask(admin, "createTemplate", Map.of(), "{" + fields + "}", "Template");
    }

    private JsonNode made(JsonNode template, String fields) {
        String body =
                "{\"type\": \"group\", \"template\": %s, \"members\": [] %s}".formatted(template.get("id"), fields);
        return GROUPS.ask(person, "createConversation", Map.of(), body, "Conversation");
    }

    @Test
    void aGroupIsMadeOfATemplateAndWhatIsSaidBeside() {
        JsonNode template = template("""
                "name": "Incident", "description": "When it burns", "members": ["%s"], "settings": {
                "name": "An incident", "color": "#d92d20", "notifications": "all", "visibility": "public",
                "permissions": {"add_members": "member", "send": "admin"}}""".formatted(helper));

        JsonNode plain = made(template, "");
        JsonNode own = made(
                template, ", \"name\": \"Disk full\", \"topic\": \"sda\", \"permissions\": {\"send\": \"member\"}");

        assertThat(plain.get("name").textValue()).isEqualTo("An incident");
        assertThat(plain.get("color").textValue()).isEqualTo("#d92d20");
        assertThat(plain.get("visibility").textValue()).isEqualTo("public");
        assertThat(plain.get("memberCount").intValue()).isEqualTo(2);
        assertThat(plain.at("/permissions/send").textValue()).isEqualTo("admin");
        assertThat(own.get("name").textValue()).isEqualTo("Disk full");
        assertThat(own.get("topic").textValue()).isEqualTo("sda");
        assertThat(own.at("/permissions/send").textValue()).isEqualTo("member");
        assertThat(own.at("/permissions/add_members").textValue()).isEqualTo("member");
        assertThat(GROUPS.conversation(helper, UUID.fromString(own.get("id").textValue()))
                        .get("role")
                        .textValue())
                .isEqualTo("member");
        assertThat(GROUPS.ask(person, "searchDirectory", Map.of("q", "disk"), "", "DirectoryPage")
                        .get("items"))
                .hasSize(1);
    }

    @Test
    void onlyThoseMembersComeInWhoAreActive() {
        JsonNode template =
                template("\"name\": \"T\", \"members\": [\"" + helper + "\"], \"settings\": {\"name\": \"G\"}");
        LAB.update("UPDATE users SET status = 'suspended' WHERE id = ?", helper);

        assertThat(made(template, "").get("memberCount").intValue()).isOne();
    }

    @Test
    void makingOneAgainIsTheSameOnlyIfAllOfItIs() {
        UUID id = Ids.next();
        String body = "{\"id\": \"%s\", \"name\": \"T\", \"members\": [], \"settings\": {}%s}";
        assertThat(GROUPS.call(admin, "createTemplate", Map.of(), body.formatted(id, ", \"description\": \"One\""))
                        .status())
                .isEqualTo(201);
        assertThat(GROUPS.call(admin, "createTemplate", Map.of(), body.formatted(id, ", \"description\": \"One\""))
                        .status())
                .isEqualTo(200);

        for (String other : List.of(", \"description\": \"Two\"", "")) {
            assertThat(GROUPS.refused(admin, "createTemplate", Map.of(), body.formatted(id, other)))
                    .isEqualTo(ErrorCode.CONFLICT);
        }
    }

    @Test
    void withoutANameAnywhereNothingIsMade() {
        JsonNode template = template("\"name\": \"T\", \"members\": [], \"settings\": {}");
        String body = "{\"type\": \"group\", \"members\": [], \"template\": %s}".formatted(template.get("id"));

        assertThat(GROUPS.refused(person, "createConversation", Map.of(), body)).isEqualTo(ErrorCode.VALIDATION_FAILED);
        String unknown =
                "{\"type\": \"group\", \"name\": \"x\", \"members\": [], \"template\": \"" + Ids.next() + "\"}";
        assertThat(GROUPS.refused(person, "createConversation", Map.of(), unknown))
                .isEqualTo(ErrorCode.VALIDATION_FAILED);
    }

    @Test
    void platformAdminsMakeChangeAndDeleteThemAndAllSeeThem() {
        UUID id = Ids.next();
        String body = "{\"id\": \"%s\", \"name\": \"Zeta %s\", \"settings\": {}, \"members\": []}".formatted(id, id);
        Map<String, Object> parameters = Map.of("templateId", id);
        assertThat(GROUPS.refused(person, "createTemplate", Map.of(), body)).isEqualTo(ErrorCode.FORBIDDEN);

        Answer first = GROUPS.call(admin, "createTemplate", Map.of(), body);
        Answer again = GROUPS.call(admin, "createTemplate", Map.of(), body);

        assertThat(first.status()).isEqualTo(201);
        assertThat(again.status()).isEqualTo(200);
        String other = body.replace("\"settings\": {}", "\"settings\": {\"topic\": \"x\"}");
        assertThat(GROUPS.refused(admin, "createTemplate", Map.of(), other)).isEqualTo(ErrorCode.CONFLICT);
        assertThat(GROUPS.ask(person, "listTemplates", Map.of(), "", "TemplateList")
                        .toString())
                .contains(id.toString());
        String changed = "{\"name\": \"Eta\", \"settings\": {\"name\": \"G\"}, \"members\": []}";
        assertThat(GROUPS.refused(person, "replaceTemplate", parameters, changed))
                .isEqualTo(ErrorCode.FORBIDDEN);
        JsonNode view = GROUPS.ask(admin, "replaceTemplate", parameters, changed, "Template");
        assertThat(view.get("name").textValue()).isEqualTo("Eta");
        assertThat(view.get("settings").toString()).isEqualTo("{\"name\":\"G\"}");
        assertThat(GROUPS.refused(person, "deleteTemplate", parameters, "")).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(GROUPS.call(admin, "deleteTemplate", parameters, "").status())
                .isEqualTo(204);
        assertThat(GROUPS.refused(admin, "deleteTemplate", parameters, "")).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(GROUPS.ask(person, "listTemplates", Map.of(), "", "TemplateList")
                        .toString())
                .doesNotContain(id.toString());
    }

    @Test
    void whatATemplateNamesMustBeThere() {
        String body = "{\"name\": \"T\", \"settings\": {}, \"members\": [\"" + Ids.next() + "\"]}";

        assertThat(GROUPS.refused(admin, "createTemplate", Map.of(), body)).isEqualTo(ErrorCode.NOT_FOUND);
        String bad = "{\"name\": \"T\", \"settings\": {\"name\": \"a\\u0007\"}, \"members\": []}";
        assertThat(GROUPS.refused(admin, "createTemplate", Map.of(), bad)).isEqualTo(ErrorCode.VALIDATION_FAILED);
    }
}
