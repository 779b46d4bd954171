package io.parley.features.invites;

import static io.parley.features.GroupLab.in;
import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.GroupLab;
import io.parley.features.PersistenceLab;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class InvitesIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab(GroupLab::features);

    private static final GroupLab GROUPS = new GroupLab(LAB);

    private final UUID owner = LAB.person();
    private final UUID member = LAB.person();
    private final UUID room = GROUPS.group(owner, "\"name\": \"Club\", \"icon\": \"🎲\"", member);

    private JsonNode link(String body) {
        return GROUPS.ask(owner, "createInvite", in(room), body, "Invite");
    }

    private static String token(JsonNode link) {
        return "{\"token\": \"" + link.get("token").textValue() + "\"}";
    }

    private static JsonNode accept(UUID person, JsonNode link) {
        return GROUPS.ask(person, "acceptInvite", Map.of(), token(link), "Conversation");
    }

    private static ErrorCode acceptRefused(UUID person, JsonNode link) {
        return GROUPS.refused(person, "acceptInvite", Map.of(), token(link));
    }

    private JsonNode links() {
        return GROUPS.ask(owner, "listInvites", in(room), "", "InviteList").get("items");
    }

    @Test
    void whoHasALinkSeesWhatItLeadsToAndComesIn() {
        UUID guest = LAB.person();
        JsonNode link = link("{}");

        JsonNode preview = GROUPS.ask(guest, "previewInvite", Map.of(), token(link), "InvitePreview");

        assertThat(preview.get("name").textValue()).isEqualTo("Club");
        assertThat(preview.get("icon").textValue()).isEqualTo("🎲");
        assertThat(preview.get("memberCount").intValue()).isEqualTo(2);
        assertThat(preview.get("joined").booleanValue()).isFalse();
        assertThat(GROUPS.refused(guest, "getConversation", in(room), "")).isEqualTo(ErrorCode.NOT_FOUND);

        JsonNode view = accept(guest, link);

        assertThat(view.get("role").textValue()).isEqualTo("member");
        assertThat(LAB.content(LAB.frames(room).getLast())
                        .at("/message/system/event")
                        .textValue())
                .isEqualTo("member_joined");
        accept(guest, link);
        accept(member, link);
        assertThat(links().at("/0/uses").intValue()).isOne();
        JsonNode people =
                GROUPS.ask(owner, "listMembers", in(room), "", "MemberList").get("items");
        assertThat(people).anySatisfy(one -> {
            assertThat(one.get("user").textValue()).isEqualTo(guest.toString());
            assertThat(one.get("invitedBy").textValue()).isEqualTo(owner.toString());
        });
    }

    @Test
    void whoIsPutOutDoesNotComeBackByLinksOfHisOwn() {
        UUID removed = LAB.person();
        UUID banned = LAB.person();
        UUID left = LAB.person();
        Map<UUID, JsonNode> made = new HashMap<>();
        GROUPS.add(owner, room, removed, banned, left);
        for (UUID person : List.of(removed, banned, left)) {
            GROUPS.updateMember(owner, room, person, "{\"role\": \"admin\"}");
            made.put(person, GROUPS.ask(person, "createInvite", in(room), "{}", "Invite"));
        }

        GROUPS.remove(owner, room, removed);
        GROUPS.call(owner, "banMember", in(room, banned), "{}");
        GROUPS.remove(left, room, left);

        assertThat(acceptRefused(removed, made.get(removed))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(acceptRefused(LAB.person(), made.get(banned))).isEqualTo(ErrorCode.NOT_FOUND);
        accept(LAB.person(), made.get(left));
    }

    @Test
    void deadLinksAreForgottenAfterAWhile() {
        JsonNode dead = link("{}");
        JsonNode used = link("{\"maxUses\": 1}");
        JsonNode over = link("{\"expiresAt\": \"" + Instant.now().plusSeconds(3600) + "\"}");
        JsonNode alive = link("{\"maxUses\": 2}");
        accept(LAB.person(), used);
        accept(LAB.person(), alive);
        GROUPS.call(owner, "revokeInvite", withLink(dead), "");
        LAB.update(
                "UPDATE invite_links SET ends_at = now() WHERE id = ?::uuid",
                over.get("id").textValue());
        while (forget()) {
            // nothing so soon
        }
        assertThat(kept()).isEqualTo(4);

        LAB.update("UPDATE invite_links SET ends_at = ends_at - interval '31 days' WHERE conversation_id = ?", room);
        while (forget()) {
            // the next ones
        }

        assertThat(kept()).isOne();
        accept(LAB.person(), alive);
    }

    private static boolean forget() {
        return LAB.column(Boolean.class, "SELECT forget_links(interval '30 days', 1)")
                .getFirst();
    }

    private long kept() {
        return LAB.number("SELECT count(*) FROM invite_links WHERE conversation_id = ?", room);
    }

    private Map<String, Object> withLink(JsonNode link) {
        Map<String, Object> parameters = new HashMap<>(in(room));
        parameters.put("inviteId", link.get("id").textValue());
        return parameters;
    }

    @Test
    void theTokenIsToldOnceAndOnlyItsHashIsKept() {
        JsonNode link = link("{}");
        String token = link.get("token").textValue();

        assertThat(token).hasSize(22);
        assertThat(links().at("/0").has("token")).isFalse();
        assertThat(LAB.column(String.class, "SELECT l::text FROM invite_links l")
                        .toString())
                .doesNotContain(token);
        assertThat(LAB.number(
                        "SELECT count(*) FROM invite_links WHERE token_hash = sha256(convert_to(?, 'UTF8'))", token))
                .isOne();
    }

    @Test
    void makingALinkAgainWithTheSameIdGivesItAnotherToken() {
        UUID id = Ids.next();
        String body = "{\"id\": \"" + id + "\", \"maxUses\": 3}";
        JsonNode first = link(body);

        JsonNode second = link(body);

        assertThat(second.get("id")).isEqualTo(first.get("id"));
        assertThat(acceptRefused(LAB.person(), first)).isEqualTo(ErrorCode.NOT_FOUND);
        accept(LAB.person(), second);
        assertThat(links()).hasSize(1);
        assertThat(GROUPS.refused(owner, "createInvite", in(room), "{\"id\": \"" + id + "\", \"maxUses\": 4}"))
                .isEqualTo(ErrorCode.CONFLICT);
        UUID elsewhere = GROUPS.group(owner);
        assertThat(GROUPS.refused(owner, "createInvite", in(elsewhere), body)).isEqualTo(ErrorCode.CONFLICT);
    }

    @Test
    void aLinkStopsWorkingWhenItIsUsedUpExpiredOrRevoked() {
        JsonNode once = link("{\"maxUses\": 1}");
        accept(LAB.person(), once);
        JsonNode brief = link("{\"expiresAt\": \"" + Instant.now().plus(1, ChronoUnit.HOURS) + "\"}");
        JsonNode revoked = link("{}");
        Map<String, Object> third = new HashMap<>(in(room));
        third.put("inviteId", revoked.get("id").textValue());
        GROUPS.call(owner, "revokeInvite", third, "");
        GROUPS.call(owner, "revokeInvite", third, "");
        LAB.update(
                "UPDATE invite_links SET ends_at = clock_timestamp() WHERE id = ?",
                UUID.fromString(brief.get("id").textValue()));

        for (JsonNode link : List.of(once, brief, revoked)) {
            assertThat(acceptRefused(LAB.person(), link)).isEqualTo(ErrorCode.NOT_FOUND);
            assertThat(GROUPS.refused(LAB.person(), "previewInvite", Map.of(), token(link)))
                    .isEqualTo(ErrorCode.NOT_FOUND);
        }
        assertThat(links()).extracting(link -> link.get("id")).containsExactly(brief.get("id"), once.get("id"));
        assertThat(GROUPS.refused(owner, "createInvite", in(room), "{\"expiresAt\": \"2001-01-01T00:00:00.000Z\"}"))
                .isEqualTo(ErrorCode.VALIDATION_FAILED);
    }

    @Test
    void whatALinkGivesHoldsAsLongAsItsMakerCouldGiveIt() {
        GROUPS.updateMember(owner, room, member, "{\"role\": \"admin\"}");
        JsonNode link = GROUPS.ask(member, "createInvite", in(room), "{\"role\": \"admin\"}", "Invite");

        assertThat(accept(LAB.person(), link).get("role").textValue()).isEqualTo("admin");
        GROUPS.updateMember(owner, room, member, "{\"role\": \"member\"}");
        assertThat(accept(LAB.person(), link).get("role").textValue()).isEqualTo("member");
        assertThat(GROUPS.refused(member, "createInvite", in(room), "{}")).isEqualTo(ErrorCode.FORBIDDEN);
        GROUPS.update(owner, room, "{\"permissions\": {\"invite\": \"member\"}}");
        assertThat(GROUPS.refused(member, "createInvite", in(room), "{\"role\": \"admin\"}"))
                .isEqualTo(ErrorCode.FORBIDDEN);
    }

    @Test
    void usesAreExactHoweverManyComeAtOnceFromHoweverManyNodes() throws Exception {
        JsonNode link = link("{\"maxUses\": 7}");
        byte[] hash = InviteTokens.hash(link.get("token").textValue()).getBytes();
        List<UUID> people = LAB.people(24);
        List<Callable<String>> calls = new ArrayList<>();
        for (UUID person : people) {
            calls.add(() -> outcome(person, hash));
            calls.add(() -> outcome(person, hash));
        }
        List<String> outcomes = new ArrayList<>();
        try (ExecutorService nodes = Executors.newFixedThreadPool(8)) {
            for (Future<String> outcome : nodes.invokeAll(calls)) {
                outcomes.add(outcome.get());
            }
        }

        assertThat(outcomes).filteredOn("ok"::equals).hasSize(7);
        assertThat(links().at("/0/uses").intValue()).isEqualTo(7);
        assertThat(LAB.number("SELECT count(*) FROM members WHERE conversation_id = ? AND active", room))
                .isEqualTo(9);
        assertThat(LAB.number("SELECT member_count::bigint FROM conversations WHERE id = ?", room))
                .isEqualTo(9);
    }

    /** As another node would. */
    private String outcome(UUID person, byte[] hash) throws Exception {
        try (Connection node = LAB.connect();
                PreparedStatement accept =
                        node.prepareStatement("SELECT outcome FROM accept_invite(?, ?, ?, ?, ?, 1000)")) {
            accept.setObject(1, TENANT);
            accept.setObject(2, room);
            accept.setObject(3, person);
            accept.setBytes(4, hash);
            accept.setObject(5, Ids.next());
            try (ResultSet rows = accept.executeQuery()) {
                rows.next();
                return rows.getString(1);
            }
        }
    }

    @Test
    void aGroupTakesNoMoreThanItMayHave() throws Exception {
        JsonNode link = link("{}");
        try (Connection node = LAB.connect();
                PreparedStatement accept =
                        node.prepareStatement("SELECT outcome FROM accept_invite(?, ?, ?, ?, ?, 2)")) {
            accept.setObject(1, TENANT);
            accept.setObject(2, room);
            accept.setObject(3, LAB.person());
            accept.setBytes(4, InviteTokens.hash(link.get("token").textValue()).getBytes());
            accept.setObject(5, Ids.next());
            try (ResultSet rows = accept.executeQuery()) {
                rows.next();
                assertThat(rows.getString(1)).isEqualTo("too_many");
            }
        }
        assertThat(links().at("/0/uses").intValue()).isZero();
    }

    @Test
    void tokensCannotBeTriedOften() {
        UUID guesser = LAB.person();
        AppError refused = null;
        int tries = 0;
        while (refused == null || refused.code() == ErrorCode.NOT_FOUND) {
            refused = GROUPS.refusal(guesser, "previewInvite", Map.of(), "{\"token\": \"guess" + tries + "\"}");
            assertThat(++tries).isLessThan(40);
        }

        assertThat(tries).isGreaterThan(30);
        assertThat(refused.code()).isEqualTo(ErrorCode.RATE_LIMITED);
        assertThat(refused.retryAfterMs()).isBetween(1L, 4_000L);
        JsonNode link = link("{}");
        assertThat(acceptRefused(guesser, link)).isEqualTo(ErrorCode.RATE_LIMITED);
        accept(LAB.person(), link);
    }

    @Test
    void noMoreThanAHundredLinksWork() {
        for (int i = 0; i < 100; i++) {
            link("{}");
        }

        assertThat(GROUPS.refused(owner, "createInvite", in(room), "{}")).isEqualTo(ErrorCode.CONFLICT);
        Map<String, Object> parameters = new HashMap<>(in(room));
        parameters.put("limit", 60);
        JsonNode first = GROUPS.ask(owner, "listInvites", parameters, "", "InviteList");
        parameters.put("cursor", first.get("next").textValue());
        JsonNode second = GROUPS.ask(owner, "listInvites", parameters, "", "InviteList");
        assertThat(second.get("items")).hasSize(40);
        assertThat(second.get("next").isNull()).isTrue();
    }

    @Test
    void aTokenOfAnotherTenantLeadsNowhere() {
        UUID tenant = Ids.next();
        UUID foreigner = LAB.person(tenant);
        JsonNode link = link("{}");

        AppError refused = (AppError) org.assertj.core.api.Assertions.catchThrowable(
                        () -> GROUPS.call(tenant, foreigner, "previewInvite", Map.of(), token(link)))
                .getCause();

        assertThat(refused.code()).isEqualTo(ErrorCode.NOT_FOUND);
    }
}
