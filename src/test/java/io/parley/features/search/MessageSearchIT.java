package io.parley.features.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.features.search.SearchActions.FoundMessages;
import io.parley.features.search.SearchActions.Sort;
import io.parley.features.search.SearchStore.Search;
import io.parley.features.search.text.SearchText;
import io.parley.server.persistence.JournalReader;
import io.parley.support.Json;
import io.parley.support.testing.StorageSession;
import io.parley.support.testing.StorageSession.Send;
import io.parley.support.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is found, by whom and when, and what is left of what is gone. */
class MessageSearchIT {
    private static final UUID OTHER_TENANT = UUID.fromString("00000000-0000-7000-8000-0000000000ff");

    private SearchLab lab;
    private UUID ada;
    private UUID bob;
    private UUID room;

    @BeforeEach
    void open() throws Exception {
        lab = new SearchLab();
        ada = lab.session.person();
        bob = lab.session.person();
        room = lab.session.group(ada, bob);
    }

    @AfterEach
    void close() throws Exception {
        lab.close();
    }

    private UUID say(UUID conversation, UUID sender, Map<String, ?> content) throws Exception {
        UUID id = StorageSession.newId();
        assertThat(lab.session
                        .append(new Send(conversation, sender, id, Json.text(content)))
                        .outcome())
                .isEqualTo("ok");
        return id;
    }

    private UUID say(UUID sender, String text) throws Exception {
        return say(room, sender, Map.of("text", text));
    }

    private List<String> texts(Ask asked) throws Exception {
        return lab.find(asked).items().stream()
                .map(item -> String.valueOf(item.message().text()))
                .toList();
    }

    private List<String> texts(UUID person, String q) throws Exception {
        return texts(new Ask(person, q));
    }

    private long indexed(String word) throws Exception {
        return lab.session.number("SELECT count(*) FROM search_documents WHERE words::text LIKE ?", "%" + word + "%");
    }

    private long namesIndexed() throws Exception {
        return lab.session.number("SELECT count(*) FROM search_names WHERE conversation_id = ?", room);
    }

    @Test
    void whatSomebodyHidesFromHimselfIsFoundByTheOthers() throws Exception {
        say(ada, "early owl");
        UUID hidden = say(ada, "hidden owl");
        say(ada, "late owl");
        lab.follow();

        assertThat(lab.outcome(
                        "SELECT outcome FROM hide_messages(?, ?, ?, ARRAY[?::uuid], 10)",
                        TestDatabase.TENANT,
                        bob,
                        room,
                        hidden))
                .isEqualTo("ok");

        assertThat(texts(bob, "owl")).containsExactly("late owl", "early owl");
        assertThat(lab.find(new Ask(bob, "owl")).hits().count()).isEqualTo(2);
        assertThat(texts(ada, "owl")).hasSize(3);
        lab.outcome("SELECT outcome FROM clear_history(?, ?, ?, 2)", TestDatabase.TENANT, bob, room);
        assertThat(texts(bob, "owl")).containsExactly("late owl");
    }

    @Test
    void whatIsDeletedIsGoneFromThatMomentAndItsWordsWithIt() throws Exception {
        UUID secret = say(ada, "my secret password");
        say(ada, "nothing secret");
        lab.follow();
        assertThat(texts(bob, "secret")).hasSize(2);

        lab.delete(room, ada, secret);

        FoundMessages found = lab.find(new Ask(bob, "secret"));
        assertThat(found.items()).hasSize(1);
        assertThat(found.hits().count()).isEqualTo(1);
        assertThat(indexed("password")).isZero();
        lab.follow();
        assertThat(indexed("password")).isZero();
    }

    @Test
    void whatIsDeletedBeforeItWasIndexedNeverGetsThere() throws Exception {
        UUID secret = say(ada, "my secret password");
        lab.delete(room, ada, secret);

        lab.follow();

        assertThat(indexed("password")).isZero();
        assertThat(texts(ada, "secret")).isEmpty();
    }

    @Test
    void aRowThatIsRemovedIsRemovedFromTheIndex() throws Exception {
        say(ada, "ephemeral words");
        lab.follow();

        lab.session.update("DELETE FROM messages WHERE conversation_id = ?", room);

        assertThat(lab.session.number("SELECT count(*) FROM search_documents WHERE root_id = ?", room))
                .isZero();
    }

    @Test
    void anEditTakesThePlaceOfWhatWasSaid() throws Exception {
        UUID message = say(ada, "before");
        lab.follow();

        lab.edit(room, ada, message, "{\"text\":\"afterwards\"}");
        lab.follow();

        assertThat(texts(bob, "before")).isEmpty();
        assertThat(texts(bob, "afterw")).containsExactly("afterwards");
        assertThat(indexed("before")).isZero();
    }

    @Test
    void whoComesLateWithAnOlderStateWritesNothing() throws Exception {
        Said window = say(ada);
        UUID message = window.message();
        lab.edit(room, ada, message, "{\"text\":\"newer\"}");
        lab.follow();

        writeAsOfVersion(message, 2, "older");
        lab.on(() -> lab.projection.apply(window.window()));
        assertThat(texts(ada, "newer")).hasSize(1);
        lab.delete(room, ada, message);
        writeAsOfVersion(message, 2, "older");

        assertThat(indexed("older")).isZero();
        assertThat(texts(ada, "newer")).isEmpty();
    }

    private record Said(UUID message, JournalReader.Window window) {}

    private Said say(UUID sender) throws Exception {
        UUID message = say(sender, "older");
        return new Said(message, lab.windowSince(0));
    }

    private void writeAsOfVersion(UUID message, long version, String word) throws Exception {
        lab.session.query(
                "SELECT search_index(array_agg(tenant_id), array_agg(root_id), array_agg(conversation_id),"
                        + " array_agg(number), array_agg(?::bigint), array_agg(created_at), array_agg(?::text))"
                        + " FROM messages WHERE id = ?",
                row -> "",
                version,
                "'" + Scope.ofBlock(room, 0) + word + "':1",
                message);
    }

    @Test
    void aDeletedConversationIsNotFoundUntilItIsRestored() throws Exception {
        lab.session.update("UPDATE conversations SET name = 'Group' WHERE id = ?", room);
        say(ada, "gone soon");
        lab.follow();
        assertThat(namesIndexed()).isEqualTo(1);
        assertThat(lab.outcome("SELECT outcome FROM delete_conversation(?, ?, ?)", TestDatabase.TENANT, room, ada))
                .isEqualTo("ok");
        assertThat(lab.find(new Ask(ada, "gone")).hits().count()).isZero();
        lab.follow();
        assertThat(namesIndexed()).isZero();

        String restored = lab.outcome(
                "SELECT outcome FROM restore_conversation(?, ?, ?, ?, interval '30 days')",
                TestDatabase.TENANT,
                room,
                ada,
                StorageSession.newId());

        assertThat(restored).isEqualTo("ok");
        assertThat(texts(ada, "gone")).hasSize(1);
        lab.follow();
        assertThat(namesIndexed()).isEqualTo(1);
    }

    @Test
    void aPurgedConversationLeavesNoWords() throws Exception {
        say(ada, "gone soon");
        lab.follow();
        lab.outcome("SELECT outcome FROM delete_conversation(?, ?, ?)", TestDatabase.TENANT, room, ada);
        lab.follow();

        while (lab.session.number("SELECT purge_step(interval '0', 100)::int") == 1) {
            lab.follow();
        }

        assertThat(indexed("gone")).isZero();
        assertThat(lab.session.number("SELECT count(*) FROM search_documents WHERE root_id = ?", room))
                .isZero();
    }

    @Test
    void strangersAndOtherTenantsFindNothingNotEvenThatThereIsSomething() throws Exception {
        say(ada, "private matter");
        lab.follow();
        UUID stranger = lab.session.person();

        FoundMessages found = lab.find(new Ask(stranger, "matter"));
        FoundMessages named = lab.find(new Ask(stranger, "matter").in(room));
        Ask asked = new Ask(ada, "matter");
        FoundMessages elsewhere = lab.find(asked.tenant(OTHER_TENANT));

        for (FoundMessages nothing : List.of(found, named, elsewhere)) {
            assertThat(nothing.items()).isEmpty();
            assertThat(nothing.hits()).isEqualTo(new SearchActions.Hits(0, true));
        }
        assertThat(texts(ada, "matter")).hasSize(1);
    }

    @Test
    void whoIsRemovedFindsNothingMoreAtOnce() throws Exception {
        say(ada, "for members");
        lab.follow();
        assertThat(texts(bob, "members")).hasSize(1);

        lab.session.remove(room, ada, bob);

        assertThat(texts(bob, "members")).isEmpty();
    }

    @Test
    void messagesInThreadsAreFoundByWhoMayReadTheRoot() throws Exception {
        say(ada, "about engines");
        UUID thread = thread(1);
        lab.session.update(
                "INSERT INTO messages (tenant_id, root_id, conversation_id, number, version, id, sender_id, type, content,"
                        + " counted, counts, created_at)"
                        + " SELECT tenant_id, root_id, id, 1, 2, ?, ?, 'text', '{\"text\":\"engines inside\"}', 1, true, now()"
                        + " FROM conversations WHERE id = ?",
                StorageSession.newId(),
                bob,
                thread);
        lab.on(() -> IndexRebuild.begin(lab.database));
        rebuild();

        FoundMessages all = lab.find(new Ask(ada, "engines"));
        Ask inThreads = new Ask(ada, "engines").inThreads();

        assertThat(all.items()).hasSize(2);
        assertThat(texts(inThreads)).containsExactly("engines inside");
        assertThat(lab.find(inThreads).items().getFirst().root()).isEqualTo(room);
        assertThat(texts(new Ask(ada, "engines").in(thread))).containsExactly("engines inside");
        assertThat(texts(new Ask(ada, "engines").in(room))).containsExactly("about engines");
        lab.session.remove(room, ada, bob);
        assertThat(texts(bob, "engines")).isEmpty();
    }

    private UUID thread(long parent) throws Exception {
        UUID thread = StorageSession.newId();
        lab.session.update(
                "INSERT INTO conversations (tenant_id, root_id, id, type, created_at, updated_at, member_count, parent_number)"
                        + " VALUES (?, ?, ?, 'thread', now(), now(), 0, ?)",
                TestDatabase.TENANT,
                room,
                thread,
                parent);
        return thread;
    }

    private void rebuild() throws Exception {
        while (lab.session.number("SELECT count(*) FROM search_state WHERE phase <> 'done'") > 0) {
            lab.on(lab.rebuild::step);
        }
    }

    @Test
    void filtersNarrowAndMayStandAlone() throws Exception {
        say(ada, "plain");
        say(
                room,
                bob,
                Map.of("text", "see https://example.org now", "mentions", List.of(Map.of("user", ada.toString()))));
        say(room, bob, Map.of("text", "hey all", "mentions", List.of(Map.of("everybody", "all"))));
        lab.follow();

        assertThat(texts(new Ask(ada, null).withLink())).containsExactly("see https://example.org now");
        assertThat(texts(new Ask(ada, null).mentioningMe())).containsExactly("hey all", "see https://example.org now");
        assertThat(texts(new Ask(bob, null).mentioningMe())).containsExactly("hey all");
        assertThat(texts(new Ask(bob, null).from(ada))).containsExactly("plain");
        assertThat(texts(new Ask(bob, "-plain").from(ada))).isEmpty();
    }

    @Test
    void timesBoundWhatIsFoundFromBothSides() throws Exception {
        for (int i = 0; i < 3; i++) {
            say(ada, "timed " + i);
        }
        lab.session.update(
                "UPDATE messages SET created_at = '2026-01-01T00:00:00Z'::timestamptz + interval '1 day' * number"
                        + " WHERE conversation_id = ?",
                room);
        lab.follow();
        Instant second = Instant.parse("2026-01-03T00:00:00Z");

        assertThat(texts(new Ask(bob, "timed").between(null, second))).containsExactly("timed 0");
        assertThat(texts(new Ask(bob, "timed").between(second, null))).containsExactly("timed 2", "timed 1");
        assertThat(texts(new Ask(bob, "timed").between(second, second))).isEmpty();
    }

    @Test
    void whatIsTypedIsNeverMoreThanWords() throws Exception {
        say(ada, "quote ' backslash \\ amp & pipe | bang ! colon : paren ( ) <-> <b>markup</b>");
        lab.follow();

        for (String q : List.of(
                "quote' | 'x",
                "a' & !'b",
                "quote\\",
                "quote:*A",
                "(quote",
                "quote <-> backslash",
                "');DROP TABLE users;--",
                "=s",
                "'=kx",
                "quote\u0001",
                "<b>markup")) {
            lab.find(new Ask(bob, q));
        }

        FoundMessages found = lab.find(new Ask(bob, "markup quote"));
        assertThat(found.items().getFirst().highlights()).hasSize(2);
        assertThat(texts(bob, "quote <-> amp")).hasSize(1);
    }

    @Test
    void pagesAreTheSameWhateverArrivesBetweenThem() throws Exception {
        for (int i = 0; i < 25; i++) {
            say(ada, "pattern " + "x ".repeat(i % 5) + i);
        }
        lab.follow();
        for (Sort sort : Sort.values()) {
            Ask asked = new Ask(bob, "pattern");
            List<String> undisturbed = lab.allPages(asked, sort, false, 4);

            List<String> disturbed = new ArrayList<>();
            String cursor = null;
            do {
                FoundMessages page = lab.find(asked.sorted(sort).page(4, cursor));
                disturbed.addAll(SearchLab.places(page));
                cursor = page.next();
                say(bob, "pattern again");
                lab.follow();
            } while (cursor != null);

            assertThat(disturbed).isEqualTo(undisturbed);
        }
    }

    @Test
    void whatFitsBetterComesFirstAndOfTwoAlikeTheNewer() throws Exception {
        say(ada, "engine");
        say(ada, "engines among many other words that nobody has asked for in this search");
        say(ada, "engine");
        lab.follow();

        FoundMessages found = lab.find(new Ask(bob, "engine").sorted(Sort.RELEVANCE));

        assertThat(found.items()).extracting(item -> item.message().number()).containsExactly(3L, 1L, 2L);
    }

    @Test
    void manyBlocksAreOneHistory() throws Exception {
        int many = 9_500;
        lab.session.update(
                "INSERT INTO messages (tenant_id, root_id, conversation_id, number, version, id, sender_id, type, content,"
                        + " counted, counts, created_at)"
                        + " SELECT ?, ?, ?, n, n + 1, gen_random_uuid(), ?, 'text', '{\"text\":\"common ' || CASE n WHEN 77"
                        + " THEN 'rarest' WHEN 4097 THEN 'rarest' ELSE 'w' || n % 10 END || '\"}', n, true,"
                        + " '2026-01-01T00:00:00Z'::timestamptz + interval '1 second' * (n / 3)"
                        + " FROM generate_series(1, ?) n",
                TestDatabase.TENANT, room, room, ada, many);
        lab.session.update(
                "UPDATE conversation_counters SET last_number = ?, last_version = ?, last_at = '2026-01-02T00:00:00Z'"
                        + " WHERE id = ?",
                many,
                many + 1,
                room);
        lab.on(() -> IndexRebuild.begin(lab.database));
        rebuild();

        Ask asked = new Ask(bob, "common");
        FoundMessages first = lab.find(asked);
        assertThat(first.hits().exact()).isFalse();
        assertThat(first.hits().count()).isGreaterThanOrEqualTo(1_000);
        assertThat(lab.allPages(asked, Sort.NEWEST, false, 100)).hasSize(many).doesNotHaveDuplicates();
        assertThat(texts(bob, "rarest")).hasSize(2);
        assertThat(lab.find(new Ask(bob, "w7")).items().getFirst().message().number())
                .isEqualTo(9_497);
        assertThat(lab.allPages(new Ask(bob, "w7"), Sort.NEWEST, false, 100))
                .hasSize(948)
                .doesNotHaveDuplicates();
        assertThat(lab.allPages(asked, Sort.RELEVANCE, false, 100)).hasSizeBetween(1_000, 1_010);
        Instant early = Instant.parse("2026-01-01T00:10:00Z");
        assertThat(lab.find(new Ask(bob, "common").between(null, early))
                        .items()
                        .getFirst()
                        .message()
                        .createdAt())
                .isBefore(early);
    }

    @Test
    void whenTimeIsUpItSaysSoAndGivesWhatItHas() throws Exception {
        for (int i = 0; i < 20; i++) {
            say(lab.session.group(ada), ada, Map.of("text", "everywhere"));
        }
        lab.follow();
        AtomicLong clock = new AtomicLong();
        Sought sought = new Sought(SearchText.of("everywhere"), null, null, false, false, null);
        Search search = new Search(TestDatabase.TENANT, ada, sought, List.of(), null, false);

        Looking looking = new Looking(
                new SearchStore(lab.database),
                search,
                new Looking.Aim(100, 1_000, null),
                () -> clock.addAndGet(Duration.ofMillis(100).toNanos()));
        Looking.Outcome outcome = lab.on(() -> looking.from(Place.END));

        assertThat(outcome.partial()).isTrue();
        assertThat(outcome.hits()).isNotEmpty().hasSizeLessThan(20);
    }

    @Test
    void itIsMadeAnewWhileItServesAndWhileMessagesArrive() throws Exception {
        for (int i = 0; i < 30; i++) {
            say(ada, "before " + i);
        }
        lab.follow();
        lab.session.update("DELETE FROM search_documents WHERE number <= 10");

        lab.on(() -> IndexRebuild.begin(lab.database));
        say(ada, "before now");
        lab.follow();
        assertThat(lab.find(new Ask(bob, "before")).hits().count()).isEqualTo(21);
        rebuild();

        assertThat(lab.find(new Ask(bob, "before")).hits().count()).isEqualTo(31);
        assertThat(lab.session.number(
                        "SELECT count(DISTINCT generation) FROM search_documents WHERE words IS NOT NULL"))
                .isEqualTo(1);
    }
}
