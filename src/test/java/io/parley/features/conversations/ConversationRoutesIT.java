package io.parley.features.conversations;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.features.PersistenceLab;
import io.parley.features.RestLab;
import io.parley.server.contract.Answer;
import io.parley.support.ConfigLoader;
import io.parley.support.Ids;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ConversationRoutesIT {
    @RegisterExtension
    static final PersistenceLab LAB =
            new PersistenceLab((config, metrics) -> List.of(new ConversationsFeature(config)));

    private final RestLab rest = new RestLab(new ConversationsFeature(ConfigLoader.load(null, Map.of())));
    private final UUID ada = LAB.person();
    private final UUID grace = LAB.person();
    private final UUID mary = LAB.person();

    @Test
    void aConversationIsCreatedOnceAndThenFound() {
        UUID id = Ids.next();
        String body = "{\"id\":\"" + id + "\",\"type\":\"group\",\"name\":\"Engine\",\"members\":[\"" + grace + "\"]}";

        Answer first = call(ada, "createConversation", Map.of(), body);
        Answer again = call(ada, "createConversation", Map.of(), body);

        assertThat(first.status()).isEqualTo(201);
        assertThat(again.status()).isEqualTo(200);
        assertThat(rest.checked("Conversation", first)).isEqualTo(rest.checked("Conversation", again));
    }

    @Test
    void aConversationWithoutAnIdGetsOne() {
        Answer made =
                call(ada, "createConversation", Map.of(), "{\"type\":\"direct\",\"members\":[\"" + grace + "\"]}");

        UUID id = UUID.fromString(rest.checked("Conversation", made).get("id").textValue());
        Answer found = call(grace, "getConversation", Map.of("conversationId", id), "");
        assertThat(rest.checked("Conversation", found).get("peer").textValue()).isEqualTo(ada.toString());
    }

    @Test
    void membersAreAddedChangedListedAndRemoved() {
        UUID id = group();
        Map<String, UUID> path = Map.of("conversationId", id);
        Map<String, UUID> member = Map.of("conversationId", id, "userId", mary);

        Answer added = call(ada, "addMembers", path, "{\"users\":[\"" + mary + "\"]}");
        Answer changed = call(ada, "updateMember", member, "{\"role\":\"admin\"}");
        Answer page = call(ada, "listMembers", Map.of("conversationId", id, "limit", 2), "");
        Answer removed = call(ada, "removeMember", member, "");

        assertThat(rest.checked("AddedMembers", added).at("/items/0/role").textValue())
                .isEqualTo("member");
        assertThat(rest.checked("Member", changed).get("role").textValue()).isEqualTo("admin");
        assertThat(rest.checked("MemberList", page).get("items")).hasSize(2);
        assertThat(rest.checked("MemberList", page).get("next").isTextual()).isTrue();
        assertThat(removed).isEqualTo(Answer.noContent());
    }

    @Test
    void aGroupIsRenamedAndListed() {
        UUID id = group();

        Answer renamed = call(ada, "updateConversation", Map.of("conversationId", id), "{\"name\":\"Difference\"}");
        Answer list = call(grace, "listConversations", Map.of(), "");

        assertThat(rest.checked("Conversation", renamed).get("name").textValue())
                .isEqualTo("Difference");
        assertThat(rest.checked("ConversationList", list)
                        .at("/items/0/lastMessage/system/name")
                        .textValue())
                .isEqualTo("Difference");
    }

    @Test
    void anOperatorProvisions() {
        String body = "{\"conversations\":[{\"type\":\"group\",\"name\":\"Engine\",\"members\":[\"" + ada + "\"]},"
                + "{\"type\":\"direct\",\"members\":[\"" + ada + "\",\"" + Ids.next() + "\"]}]}";

        Answer answer = call(ada, "provisionConversations", Map.of(), body);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(rest.checked("ProvisionedConversations", answer)
                        .at("/items/1/error/code")
                        .textValue())
                .isEqualTo("not_found");
    }

    private UUID group() {
        String body = "{\"type\":\"group\",\"name\":\"Engine\",\"members\":[\"" + grace + "\"]}";
        Answer made = call(ada, "createConversation", Map.of(), body);
        return UUID.fromString(rest.checked("Conversation", made).get("id").textValue());
    }

    private Answer call(UUID user, String operation, Map<String, ?> parameters, String body) {
        return rest.call(LAB, user, operation, parameters, body);
    }
}
