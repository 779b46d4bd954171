package io.parley.features.search;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.parley.bus.PersonalFrame;
import io.parley.features.PersistenceLab;
import io.parley.features.RestLab;
import io.parley.features.accounts.AccountActions;
import io.parley.features.search.SearchActions.Searches;
import io.parley.features.search.SearchActions.Whose;
import io.parley.server.Feature;
import io.parley.server.contract.Answer;
import io.parley.server.persistence.PersistenceHost;
import io.parley.support.AppError;
import io.parley.support.Ids;
import io.parley.support.testing.StorageSession;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Search as clients ask for it: parameters, groups, suggestions, and the searches that are remembered. */
class SearchEdgesIT {
    @RegisterExtension
    static final PersistenceLab LAB =
            new PersistenceLab((config, metrics) -> List.of(new SearchFeature(), new Feature() {
                @Override
                public void persistence(PersistenceHost host) {
                    host.answer(
                            AccountActions.SEARCH_USERS,
                            asked -> Future.succeededFuture(new AccountActions.Users(List.of(), null)));
                }
            }));

    private final RestLab rest = new RestLab(new SearchFeature());
    private final UUID ada = LAB.person();
    private final UUID bob = LAB.person();

    private Answer call(UUID user, String operation, Map<String, ?> parameters) {
        return rest.call(LAB, user, operation, parameters, "");
    }

    private JsonNode remember(UUID user, String q) {
        return rest.checked("Searches", rest.call(LAB, user, "rememberSearch", Map.of(), "{\"q\":\"" + q + "\"}"));
    }

    private UUID group(UUID owner, String name, String visibility) {
        UUID id = Ids.next();
        LAB.column(
                String.class,
                "SELECT outcome FROM create_conversations(jsonb_build_array(jsonb_build_object('tenant', ?::text, 'id', ?::text,"
                        + " 'type', 'group', 'name', ?::text, 'visibility', ?::text, 'creator', ?::text,"
                        + " 'members', '[]'::jsonb)))",
                TENANT.toString(),
                id.toString(),
                name,
                visibility,
                owner.toString());
        LAB.update(
                "INSERT INTO search_names (tenant_id, conversation_id, version, generation, words)"
                        + " VALUES (?, ?, 1, 0, ?::tsvector)",
                TENANT,
                id,
                Vectors.ofName(TENANT, name));
        return id;
    }

    private List<String> groups(UUID user, String q, int limit) {
        List<String> names = new ArrayList<>();
        Map<String, Object> parameters = new HashMap<>(Map.of("q", q, "limit", limit));
        JsonNode page;
        do {
            page = rest.checked("FoundConversations", call(user, "searchConversations", parameters));
            page.get("items").forEach(item -> names.add(item.get("name").textValue()));
            parameters.put("cursor", page.path("next").asText());
        } while (page.path("next").isTextual());
        return names;
    }

    @Test
    void groupsAreOnesOwnAndThenThePublicOnes() {
        String word = "zebra" + ada.toString().substring(28);
        group(ada, word + " Đường private", "private");
        group(bob, word + " duong public", "public");
        group(bob, word + " duong hidden", "private");
        group(bob, "other", "public");

        assertThat(groups(ada, word + " duo", 1)).containsExactly(word + " Đường private", word + " duong public");
        assertThat(groups(ada, word.substring(0, 9), 20))
                .hasSizeGreaterThanOrEqualTo(2)
                .doesNotContain(word + " duong hidden");
        assertThat(groups(LAB.person(), word, 20)).containsExactly(word + " duong public");
        assertThat(groups(ada, word + " -private", 20)).containsExactly(word + " duong public");
    }

    @Test
    void aGroupThatIsNoLongerPublicIsNotFoundFromThatMoment() {
        String word = "yak" + ada.toString().substring(28);
        UUID group = group(bob, word, "public");
        assertThat(groups(ada, word, 20)).hasSize(1);

        LAB.update("UPDATE conversations SET visibility = 'private' WHERE id = ?", group);

        assertThat(groups(ada, word, 20)).isEmpty();
    }

    @Test
    void theLastTenSearchesAreKeptAndToldToAllDevices() {
        for (int i = 0; i < 12; i++) {
            remember(ada, "search " + i);
        }
        remember(ada, "search 5");

        JsonNode list = rest.checked("Searches", call(ada, "listSearches", Map.of()));

        assertThat(list.get("items").valueStream().map(item -> item.get("q").textValue()))
                .containsExactly(
                        "search 5",
                        "search 11",
                        "search 10",
                        "search 9",
                        "search 8",
                        "search 7",
                        "search 6",
                        "search 4",
                        "search 3",
                        "search 2");
        Awaitility.await()
                .untilAsserted(() -> assertThat(LAB.personalFrames(ada)).hasSize(13));
        assertThat(applied(ada)).isEqualTo(list.get("items"));
        assertThat(LAB.personalFrames(ada))
                .extracting(PersonalFrame::userVersion)
                .doesNotHaveDuplicates();
        assertThat(LAB.personalFrames(bob)).isEmpty();
    }

    /** The events applied to an old state: each is the whole list. */
    private static JsonNode applied(UUID user) {
        return LAB.personalFrames(user).stream()
                .sorted(Comparator.comparingLong(PersonalFrame::userVersion))
                .map(LAB::content)
                .reduce((older, newer) -> newer)
                .map(event -> event.get("items"))
                .orElseThrow();
    }

    @Test
    void searchesAreForgottenOnceAndForAll() {
        remember(ada, "something");

        assertThat(call(ada, "forgetSearches", Map.of())).isEqualTo(Answer.noContent());
        assertThat(call(ada, "forgetSearches", Map.of())).isEqualTo(Answer.noContent());

        Awaitility.await()
                .untilAsserted(() -> assertThat(LAB.personalFrames(ada)).hasSize(2));
        assertThat((ArrayNode) applied(ada)).isEmpty();
        Searches list = LAB.ask(SearchActions.RECENT, new Whose(TENANT, ada));
        assertThat(list.items()).isEmpty();
        assertThat(LAB.number("SELECT count(*) FROM personal_lists WHERE user_id = ? AND list = 'searches'", ada))
                .isEqualTo(1);
    }

    @Test
    void suggestionsAreOfWhatHasBeenTypedSoFar() {
        String word = "quokka" + ada.toString().substring(28);
        group(ada, word, "private");
        remember(ada, "Quốkka hunting");
        remember(ada, "something else");

        JsonNode some = rest.checked("SearchSuggestions", call(ada, "suggestSearches", Map.of("q", "quok")));
        JsonNode nobodys = rest.checked("SearchSuggestions", call(bob, "suggestSearches", Map.of("q", "quok")));
        JsonNode none = rest.checked("SearchSuggestions", call(ada, "suggestSearches", Map.of("q", "?")));

        assertThat(some.at("/searches/0/q").textValue()).isEqualTo("Quốkka hunting");
        assertThat(some.get("searches")).hasSize(1);
        assertThat(some.at("/conversations/0/name").textValue()).isEqualTo(word);
        assertThat(nobodys.toString()).doesNotContain("okka");
        assertThat(none.get("searches")).isEmpty();
    }

    @Test
    void whatCannotBeLookedForIsRefusedByField() {
        assertThat(refusedField(Map.of())).isEqualTo("q");
        assertThat(refusedField(Map.of("q", "-only"))).isEqualTo("q");
        assertThat(refusedField(Map.of("q", "?"))).isEqualTo("q");
        assertThat(refusedField(Map.of("q", "x", "conversations", "1,2"))).isEqualTo("conversations");
        assertThat(refusedField(Map.of("q", "x", "before", "yesterday"))).isEqualTo("before");
        assertThat(refusedField(Map.of("q", "x", "after", "2026-02-30"))).isEqualTo("after");
        assertThat(refusedField(Map.of("q", "x", "cursor", "1_2_3"))).isEqualTo("cursor");
        assertThat(refusal("searchConversations", Map.of("q", "?"))
                        .errors()
                        .getFirst()
                        .field())
                .isEqualTo("q");
    }

    private String refusedField(Map<String, ?> parameters) {
        return refusal("searchMessages", parameters).errors().getFirst().field();
    }

    private AppError refusal(String operation, Map<String, ?> parameters) {
        Throwable thrown = catchThrowable(() -> call(ada, operation, parameters));
        return (AppError) (thrown instanceof CompletionException wrapped ? wrapped.getCause() : thrown);
    }

    @Test
    void nothingFoundIsAPageToo() {
        UUID nobody = StorageSession.newId();

        JsonNode page =
                rest.checked("FoundMessages", call(nobody, "searchMessages", Map.of("q", "x", "sort", "newest")));

        assertThat(page.at("/hits/count").asInt()).isZero();
        assertThat(page.get("next").isNull()).isTrue();
    }

    @Test
    void operatorsSeeTheStateAndBeginAnew() {
        Answer before = call(ada, "getSearchIndex", Map.of());
        Answer begun = call(ada, "rebuildSearchIndex", Map.of());

        assertThat(begun.status()).isEqualTo(202);
        int generation = rest.checked("SearchIndex", before).get("generation").asInt();
        assertThat(rest.checked("SearchIndex", begun).get("generation").asInt()).isEqualTo(generation + 1);
        assertThat(rest.checked("SearchIndex", begun).get("state").textValue()).isEqualTo("building");
    }
}
