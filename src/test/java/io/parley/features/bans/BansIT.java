package io.parley.features.bans;

import static io.parley.features.GroupLab.in;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.GroupLab;
import io.parley.features.PersistenceLab;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class BansIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab(GroupLab::features);

    private static final GroupLab GROUPS = new GroupLab(LAB);

    private final UUID owner = LAB.person();
    private final UUID admin = LAB.person();
    private final UUID member = LAB.person();
    private final UUID room = GROUPS.group(owner, "\"name\": \"Public\", \"visibility\": \"public\"", admin, member);

    BansIT() {
        GROUPS.updateMember(owner, room, admin, "{\"role\": \"admin\"}");
    }

    private void ban(UUID person, String body) {
        GROUPS.call(admin, "banMember", in(room, person), body);
    }

    private JsonNode bans() {
        return GROUPS.ask(admin, "listBans", in(room), "", "BanList").get("items");
    }

    @Test
    void whoIsBannedIsOutAndStaysOut() {
        String token = GROUPS.ask(owner, "createInvite", in(room), "{}", "Invite")
                .get("token")
                .textValue();

        ban(member, "{\"reason\": \"Advertising\"}");

        assertThat(GROUPS.say(member, room, "No")).isEqualTo(404);
        JsonNode notice = LAB.content(LAB.frames(room).getLast()).at("/message/system");
        assertThat(notice.get("event").textValue()).isEqualTo("member_banned");
        assertThat(notice.toString()).doesNotContain("Advertising");
        assertThat(LAB.frames(room).get(LAB.frames(room).size() - 2).leaving()).containsExactly(member);
        AppError join = GROUPS.refusal(member, "joinConversation", in(room), "");
        assertThat(join.code()).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(GROUPS.refused(owner, "addMembers", in(room), "{\"users\": [\"" + member + "\"]}"))
                .isEqualTo(ErrorCode.FORBIDDEN);
        for (String operation : List.of("previewInvite", "acceptInvite")) {
            assertThat(GROUPS.refused(member, operation, Map.of(), "{\"token\": \"" + token + "\"}"))
                    .isEqualTo(ErrorCode.NOT_FOUND);
        }
        assertThat(bans()).hasSize(1);
        assertThat(bans().at("/0/reason").textValue()).isEqualTo("Advertising");
        assertThat(bans().at("/0/bannedBy").textValue()).isEqualTo(admin.toString());
        assertThat(bans().at("/0").has("until")).isFalse();

        GROUPS.call(admin, "liftBan", in(room, member), "");
        GROUPS.call(admin, "liftBan", in(room, member), "");

        assertThat(bans()).isEmpty();
        GROUPS.ask(member, "joinConversation", in(room), "", "Conversation");
    }

    @Test
    void whoIsNoMemberCanBeBannedAndNothingIsToldOfIt() {
        UUID stranger = LAB.person();
        int frames = LAB.frames(room).size();

        ban(stranger, "{}");
        ban(stranger, "{\"reason\": \"Once more\"}");

        assertThat(LAB.frames(room)).hasSize(frames);
        assertThat(bans()).hasSize(1);
        assertThat(bans().at("/0/reason").textValue()).isEqualTo("Once more");
        assertThat(GROUPS.refused(stranger, "joinConversation", in(room), "")).isEqualTo(ErrorCode.FORBIDDEN);
    }

    @Test
    void aBanEndsWithItsTime() {
        UUID stranger = LAB.person();
        ban(stranger, "{\"until\": \"" + Instant.now().plus(1, ChronoUnit.HOURS) + "\"}");
        assertThat(GROUPS.refused(stranger, "joinConversation", in(room), "")).isEqualTo(ErrorCode.FORBIDDEN);

        LAB.update("UPDATE bans SET until = clock_timestamp() WHERE user_id = ?", stranger);

        assertThat(bans()).isEmpty();
        GROUPS.ask(stranger, "joinConversation", in(room), "", "Conversation");
        assertThat(GROUPS.refused(admin, "banMember", in(room, member), "{\"until\": \"2001-01-01T00:00:00Z\"}"))
                .isEqualTo(ErrorCode.VALIDATION_FAILED);
    }

    @Test
    void nobodyBansThoseWhoAreNotBelowHim() {
        assertThat(GROUPS.refused(admin, "banMember", in(room, owner), "{}")).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(GROUPS.refused(admin, "banMember", in(room, admin), "{}")).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(GROUPS.refused(member, "banMember", in(room, LAB.person()), "{}"))
                .isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(GROUPS.refused(admin, "banMember", in(room, UUID.randomUUID()), "{}"))
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(GROUPS.refused(admin, "banMember", in(room, LAB.person(UUID.randomUUID())), "{}"))
                .isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void theListComesInPages() {
        for (int i = 0; i < 5; i++) {
            ban(LAB.person(), "{}");
        }
        Map<String, Object> parameters = new HashMap<>(in(room));
        parameters.put("limit", 3);

        JsonNode first = GROUPS.ask(admin, "listBans", parameters, "", "BanList");
        parameters.put("cursor", first.get("next").textValue());
        JsonNode second = GROUPS.ask(admin, "listBans", parameters, "", "BanList");

        assertThat(first.get("items")).hasSize(3);
        assertThat(second.get("items")).hasSize(2);
        assertThat(second.get("next").isNull()).isTrue();
    }
}
