package io.parley.features.directory;

import static io.parley.features.GroupLab.in;
import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.GroupLab;
import io.parley.features.PersistenceLab;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DirectoryIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab(GroupLab::features);

    private static final GroupLab GROUPS = new GroupLab(LAB);

    private final UUID owner = LAB.person();
    private final UUID seeker = LAB.person();

    @BeforeEach
    void emptyDirectory() {
        LAB.update("UPDATE conversations SET visibility = 'private'");
    }

    private UUID open(String name, int others) {
        return GROUPS.group(
                owner,
                "\"name\": \"" + name + "\", \"visibility\": \"public\"",
                LAB.people(others).toArray(UUID[]::new));
    }

    private List<UUID> search(UUID person, String q, int limit) {
        List<UUID> found = new ArrayList<>();
        Map<String, Object> parameters = new HashMap<>(Map.of("q", q, "limit", limit));
        while (true) {
            JsonNode page = GROUPS.ask(person, "searchDirectory", parameters, "", "DirectoryPage");
            page.get("items")
                    .forEach(one -> found.add(UUID.fromString(one.get("id").textValue())));
            if (page.get("next").isNull()) {
                return found;
            }
            parameters.put("cursor", page.get("next").textValue());
        }
    }

    @Test
    void theLargestComeFirst() {
        UUID small = open("Alpha", 0);
        List<UUID> same = new ArrayList<>(List.of(open("Beta", 2), open("Gamma", 2), open("Epsilon", 2)));
        UUID large = open("Delta", 5);
        same.sort(Comparator.comparing(UUID::toString).reversed());

        for (int limit : List.of(1, 2, 50)) {
            assertThat(search(seeker, "", limit)).containsExactly(large, same.get(0), same.get(1), same.get(2), small);
        }
    }

    /** However many of the same size there are: none is read that is not on the page. */
    @Test
    void aPageIsReadAlongTheIndex() {
        LAB.update("""
                INSERT INTO conversations (tenant_id, root_id, id, type, name, visibility, created_at, updated_at, member_count)
                SELECT ?, x.id, x.id, 'group', 'Many', 'public', now(), now(), 1
                  FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, 3000)) x""", TENANT);
        LAB.update("ANALYZE conversations");

        String plan = String.join(
                "\n",
                LAB.column(
                        String.class,
                        "EXPLAIN "
                                + DirectoryStore.ALL
                                        .replace("$1", "'" + TENANT + "'::uuid")
                                        .replace("$2", "'" + seeker + "'::uuid")
                                        .replace("$3", "1")
                                        .replace("$4", "'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid")
                                        .replace("$5", "50")));

        assertThat(plan).contains("conversations_directory").doesNotContain("Sort");
        LAB.update("DELETE FROM conversations WHERE name = 'Many'");
    }

    @Test
    void groupsAreFoundByTheBeginningsOfTheWordsOfTheirNames() {
        UUID saigon = open("Cà phê Sài Gòn", 0);
        UUID tea = open("Tea & Coffee-House", 3);

        assertThat(search(seeker, "ca", 1)).containsExactly(saigon);
        assertThat(search(seeker, "SAI phê", 1)).containsExactly(saigon);
        assertThat(search(seeker, "hou", 1)).containsExactly(tea);
        assertThat(search(seeker, "c", 1)).containsExactly(tea, saigon);
        assertThat(search(seeker, "ouse", 1)).isEmpty();
        GROUPS.update(owner, tea, "{\"name\": \"Milk\"}");
        assertThat(search(seeker, "hou", 1)).isEmpty();
        assertThat(search(seeker, "mil", 1)).containsExactly(tea);
    }

    @Test
    void whatIsNotPublicActiveAndOfTheTenantIsNotThere() {
        UUID room = open("Here", 0);
        GROUPS.group(owner, "\"name\": \"Here too\"");
        assertThat(search(seeker, "here", 50)).containsExactly(room);

        GROUPS.update(owner, room, "{\"status\": \"archived\"}");
        assertThat(search(seeker, "here", 50)).isEmpty();
        assertThat(search(seeker, "", 50)).isEmpty();
        GROUPS.update(owner, room, "{\"status\": \"active\"}");
        assertThat(search(seeker, "here", 50)).containsExactly(room);
        GROUPS.call(owner, "deleteConversation", in(room), "");
        assertThat(search(owner, "here", 50)).isEmpty();
        GROUPS.call(owner, "restoreConversation", in(room), "");
        assertThat(search(owner, "here", 50)).containsExactly(room);
        GROUPS.call(owner, "banMember", in(room, seeker), "{}");
        assertThat(search(seeker, "here", 50)).isEmpty();
        assertThat(search(seeker, "", 50)).isEmpty();
        GROUPS.update(owner, room, "{\"visibility\": \"private\"}");
        assertThat(search(owner, "here", 50)).isEmpty();
        assertThat(LAB.number("SELECT count(*) FROM directory_words WHERE conversation_id = ?", room))
                .isZero();
        GROUPS.update(owner, room, "{\"visibility\": \"public\"}");
        UUID tenant = Ids.next();
        UUID foreigner = LAB.person(tenant);
        assertThat(io.parley.support.Json.mapper()
                        .<JsonNode>valueToTree(GROUPS.call(tenant, foreigner, "searchDirectory", Map.of(), "")
                                .body())
                        .get("items"))
                .isEmpty();
    }

    @Test
    void anEntryTellsWhatAnybodyMayKnow() {
        UUID room = GROUPS.group(
                owner, "\"name\": \"Open\", \"visibility\": \"public\", \"topic\": \"Now\", \"color\": \"#112233\"");

        JsonNode entry = GROUPS.ask(seeker, "searchDirectory", Map.of("q", "open"), "", "DirectoryPage")
                .at("/items/0");

        assertThat(entry.get("topic").textValue()).isEqualTo("Now");
        assertThat(entry.get("memberCount").intValue()).isOne();
        assertThat(entry.get("joined").booleanValue()).isFalse();
        assertThat(GROUPS.refused(seeker, "getConversation", in(room), "")).isEqualTo(ErrorCode.NOT_FOUND);
        GROUPS.ask(seeker, "joinConversation", in(room), "", "Conversation");
        assertThat(GROUPS.ask(seeker, "searchDirectory", Map.of(), "", "DirectoryPage")
                        .at("/items/0/joined")
                        .booleanValue())
                .isTrue();
        for (String cursor : List.of("x", "1_2", "1", "99999999999_" + room)) {
            assertThat(GROUPS.refused(seeker, "searchDirectory", Map.of("cursor", cursor), ""))
                    .isEqualTo(ErrorCode.VALIDATION_FAILED);
        }
    }
}
