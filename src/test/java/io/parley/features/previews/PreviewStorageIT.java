package io.parley.features.previews;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.features.previews.WantedLinks.Claimed;
import io.parley.server.embedded.PostgresEndpoint;
import io.parley.server.outbound.OutboundPolicy;
import io.parley.server.persistence.Database;
import io.parley.server.persistence.JournalReader;
import io.parley.server.persistence.Migrations;
import io.parley.server.persistence.PgConnections;
import io.parley.support.Config;
import io.parley.support.Json;
import io.parley.support.Metrics;
import io.parley.support.testing.DatabaseConfig;
import io.parley.support.testing.StorageSession;
import io.parley.support.testing.StorageSession.Send;
import io.parley.support.testing.TestDatabase;
import io.parley.support.testing.TestServers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How links and messages are dealt out and bounded; nothing is fetched. */
class PreviewStorageIT {
    private final Vertx vertx = Vertx.vertx();
    private final Metrics metrics = new Metrics();
    private StorageSession session;
    private Database database;
    private WantedLinks links;
    private Wishes wishes;
    private UUID owner;
    private UUID room;

    @BeforeEach
    void open() throws SQLException {
        PostgresEndpoint postgres = TestServers.shared().database("template0");
        Config config = DatabaseConfig.of(postgres, Map.of());
        Migrations.run(config.postgres());
        session = new StorageSession(new TestDatabase(TestServers.shared().url(postgres.database())));
        database = PgConnections.database(PgConnections.pool(vertx, config.postgres(), "previews", 4));
        links = new WantedLinks(database);
        wishes = new Wishes(database);
        owner = session.person();
        room = session.group(owner);
    }

    @AfterEach
    void close() throws Exception {
        session.close();
        metrics.close();
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.await(20, TimeUnit.SECONDS);
    }

    private List<Claimed> claim(int most, String... without) throws Exception {
        return await(links.claim(most, List.of(without)));
    }

    private int wish(UUID message, int most, String... urls) throws Exception {
        List<String> hosts = new ArrayList<>();
        for (String url : urls) {
            hosts.add(url.replaceAll("https?://([^/]+).*", "$1"));
        }
        String wish = Json.text(List.of(Map.of(
                "tenant",
                TestDatabase.TENANT,
                "conversation",
                room,
                "message",
                message,
                "version",
                2,
                "urls",
                List.of(urls),
                "hosts",
                hosts)));
        return await(database.query("SELECT wish_previews($1::text::jsonb, $2) AS dropped", Tuple.of(wish, most)))
                .iterator()
                .next()
                .getInteger("dropped");
    }

    private void wish(String... urls) throws Exception {
        wish(UUID.randomUUID(), 1_000, urls);
    }

    private void pass(Duration time) throws SQLException {
        session.update(
                "UPDATE link_previews SET due_at = due_at - make_interval(secs => ?)", (double) time.toSeconds());
    }

    private static LinkPreview page(String title) {
        return LinkPreview.page(title, null, null, null, null);
    }

    private String found(String url) throws SQLException {
        return session.query(
                        "SELECT state || ' ' || coalesce(found ->> 'title', '-') AS line FROM link_previews WHERE url = ?",
                        row -> row.text("line"),
                        url)
                .getFirst();
    }

    private LinkFollower follower(boolean enabled) {
        OutboundPolicy policy = new OutboundPolicy(List.of(80, 443), List.of(), List.of(), List.of());
        return new LinkFollower(database, policy, enabled, metrics);
    }

    private void follow(LinkFollower follower) throws Exception {
        JournalReader.Change all = new JournalReader.Change(TestDatabase.TENANT, room, room, 1, 1_000);
        await(follower.apply(new JournalReader.Window(new UUID(7, 7), 1, 0, 1, List.of(all), List.of())));
    }

    private UUID say(String text) throws SQLException {
        Send send = new Send(room, owner, StorageSession.newId(), Json.text(Map.of("text", text)));
        session.append(send);
        return send.id();
    }

    private List<String> waiting() throws SQLException {
        return session.query("SELECT unnest(urls) AS url FROM preview_wishes ORDER BY 1", row -> row.text("url"));
    }

    @Test
    void aLinkIsDealtOutOnceHoweverManyAskAtOnce() throws Exception {
        for (int i = 0; i < 40; i++) {
            wish("http://h" + i + ".example/");
        }
        List<Future<List<Claimed>>> claims = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            claims.add(links.claim(8, List.of()));
        }

        Set<String> urls = new HashSet<>();
        for (Future<List<Claimed>> claim : claims) {
            for (Claimed link : await(claim)) {
                assertThat(urls.add(link.url())).as(link.url()).isTrue();
            }
        }
        assertThat(claim(100)).allMatch(link -> urls.add(link.url()));
        assertThat(urls).hasSize(40);
    }

    @Test
    void whoeverDiesLeavesHisLinksToOthersAndWhatHeStillSaysIsNotTaken() throws Exception {
        wish("http://a.example/");
        Claimed dead = claim(8).getFirst();
        assertThat(claim(8)).isEmpty();
        pass(Duration.ofSeconds(31));

        Claimed alive = claim(8).getFirst();

        assertThat(alive.attempts()).isEqualTo(2);
        await(links.known(dead, page("late"), Duration.ofDays(1)));
        await(links.later(dead, true, Duration.ZERO));
        assertThat(found("http://a.example/")).isEqualTo("wanted -");
        assertThat(claim(8)).isEmpty();
        await(links.known(alive, page("in time"), Duration.ofDays(1)));
        assertThat(found("http://a.example/")).isEqualTo("known in time");
    }

    @Test
    void fewOfOneHostAtOnceAndNoneOfThoseThatAreBusy() throws Exception {
        for (int i = 0; i < 10; i++) {
            wish("http://busy.example/" + i, "http://other" + i + ".example/");
        }

        assertThat(claim(20).stream().filter(link -> link.host().equals("busy.example")))
                .hasSize(2);
        assertThat(claim(20, "busy.example")).isEmpty();
        assertThat(claim(20)).hasSize(2);
    }

    @Test
    void whatIsKnownIsNotWantedAgainUntilItIsForgotten() throws Exception {
        wish("http://a.example/");
        await(links.known(claim(8).getFirst(), page("once"), Duration.ofHours(1)));
        wish("http://a.example/");
        assertThat(claim(8)).isEmpty();
        await(links.forget());
        assertThat(found("http://a.example/")).isEqualTo("known once");

        pass(Duration.ofHours(2));
        wish("http://a.example/");

        assertThat(claim(8)).hasSize(1);
        assertThat(found("http://a.example/")).isEqualTo("wanted once");
        wish("http://b.example/");
        await(links.known(claim(8).getFirst(), null, Duration.ofHours(1)));
        pass(Duration.ofHours(2));
        await(links.forget());
        assertThat(session.number("SELECT count(*) FROM link_previews WHERE url = 'http://b.example/'"))
                .isZero();
    }

    @Test
    void aMessageIsReadyWhenNoneOfItsLinksIsWantedAnyMore() throws Exception {
        UUID message = UUID.randomUUID();
        wish(message, 1_000, "http://a.example/", "http://b.example/");
        List<Claimed> both = claim(8);
        await(links.known(both.getFirst(), page("a"), Duration.ofHours(1)));
        assertThat(await(wishes.ready(10))).isEmpty();

        await(links.known(both.getLast(), null, Duration.ofHours(1)));

        assertThat(await(wishes.ready(10)))
                .containsExactly(new PreviewActions.Attach(TestDatabase.TENANT, room, message));
        assertThat(await(wishes.ready(10))).isEmpty();
    }

    @Test
    void beyondTheBoundNoMoreAreTakenInButThoseThatOnlyLoseLinks() throws Exception {
        assertThat(wish(UUID.randomUUID(), 2, "http://a.example/")).isZero();
        assertThat(wish(UUID.randomUUID(), 2, "http://b.example/")).isZero();
        assertThat(wish(UUID.randomUUID(), 2, "http://c.example/")).isEqualTo(1);
        assertThat(wish(UUID.randomUUID(), 2)).isZero();

        assertThat(waiting()).containsExactly("http://a.example/", "http://b.example/");
        assertThat(session.number("SELECT count(*) FROM preview_wishes")).isEqualTo(3);
    }

    @Test
    void whatHasWaitedForAnHourIsGivenUp() throws Exception {
        wish("http://a.example/");
        await(wishes.giveUp());
        assertThat(waiting()).hasSize(1);
        session.update("UPDATE preview_wishes SET wished_at = wished_at - interval '61 minutes'");

        await(wishes.giveUp());

        assertThat(waiting()).isEmpty();
    }

    @Test
    void linksAreFoundHoweverOftenTheJournalIsRead() throws Exception {
        say("See https://a.example/x, HTTP://B.example and www.c.example");
        say("Nothing at all");
        say("`https://code.example` mailto:a@b.example ftp://d.example http://localhost/ http://e.example:22/");

        follow(follower(true));
        follow(follower(true));

        assertThat(waiting())
                .containsExactlyInAnyOrder("https://a.example/x", "HTTP://B.example", "http://www.c.example");
        assertThat(session.number("SELECT count(*) FROM link_previews")).isEqualTo(3);
    }

    /** Characters that take several bytes, and no two alike: the database can make no short key of them. */
    @Test
    void anAddressOfVeryManyBytesStopsNoOther() throws Exception {
        say("[x](https://example.org/" + characters(0x4E00, 1_900) + ") [y](https://example.org/"
                + characters(0x1F300, 900) + ")");
        say("See https://a.example/ and https://example.org/" + characters(0x4E00, 600));

        follow(follower(true));

        assertThat(waiting())
                .containsExactlyInAnyOrder("https://a.example/", "https://example.org/" + characters(0x4E00, 600));
    }

    private static String characters(int from, int count) {
        return IntStream.range(from, from + count).mapToObj(Character::toString).collect(Collectors.joining());
    }

    /** Planned while the tables were nearly empty, as the plans of a young installation are. */
    @Test
    void aWindowCostsWhatIsInItHoweverMuchThereIs() throws Exception {
        say("See https://a.example/");
        String read = "SELECT * FROM linked_messages(ARRAY[?::uuid], ARRAY[?::bigint], ARRAY[?::bigint])";
        for (int i = 0; i < 6; i++) {
            session.query(read, row -> "", room, 2, 2);
        }
        session.update(
                "INSERT INTO messages (tenant_id, root_id, conversation_id, number, version, id, sender_id, type, content,"
                        + " counted, counts, created_at) SELECT ?, ?, ?, n, n + 1, gen_random_uuid(), ?, 'text',"
                        + " '{\"text\": \"https://b.example/\"}', n, true, clock_timestamp()"
                        + " FROM generate_series(2, 3000) AS n",
                TestDatabase.TENANT,
                room,
                room,
                owner);

        long rows = session.rowsRead("messages", () -> session.query(read, row -> "", room, 100, 104));

        assertThat(rows).isLessThanOrEqualTo(5);
    }

    @Test
    void whatWasSaidLongAgoIsNotFetched() throws Exception {
        say("See https://a.example/");
        session.update("UPDATE messages SET created_at = created_at - interval '61 minutes'");

        follow(follower(true));

        assertThat(waiting()).isEmpty();
    }

    @Test
    void whereTheyAreSwitchedOffNothingIsWantedAndWhatAMessageNoLongerLinksToStillGoes() throws Exception {
        say("See https://a.example/");
        UUID edited = say("No more");
        UUID kept = say("See https://b.example/ and https://c.example/");
        String state = "UPDATE messages SET state = ?::jsonb WHERE id = ?";
        session.update(state, "{\"links\": [{\"url\": \"https://old.example/\"}]}", edited);
        session.update(state, "{\"links\": [{\"url\": \"https://b.example/\"}]}", kept);

        follow(follower(false));

        assertThat(session.query("SELECT message_id FROM preview_wishes", row -> row.id("message_id")))
                .containsExactly(edited);
        assertThat(waiting()).isEmpty();
    }
}
