package io.parley.features.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.PersistenceLab;
import io.parley.features.presence.PresenceActions.People;
import io.parley.features.presence.PresenceActions.Person;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Presence of several nodes in a real Redis. */
class PresenceIT {
    private static final Duration SOON = Duration.ofSeconds(5);

    private final PresenceLab lab =
            new PresenceLab(Map.of("PARLEY_PRESENCE_AWAYAFTERMS", "1000", "PARLEY_PRESENCE_WATCHLIMIT", "50"));
    private final PresenceLab.Node one = lab.node();
    private final PresenceLab.Node two = lab.node();
    private final UUID ada = Ids.next();
    private final UUID bob = Ids.next();
    private final UUID eve = Ids.next();

    @AfterEach
    void close() {
        lab.close();
    }

    private PresenceLab.Session watcher(UUID... users) {
        lab.settle();
        PresenceLab.Session session = two.connect(bob);
        session.watch(users);
        return session;
    }

    private void untilTold(PresenceLab.Session session, UUID user, String status) {
        await().atMost(SOON).untilAsserted(() -> assertThat(session.last(user)).isEqualTo(status));
    }

    private String standing(UUID user) {
        return PersistenceLab.await(one.bus()
                        .ask(PresenceActions.STANDINGS, new People(List.of(new Person(PresenceLab.TENANT, user)))))
                .people()
                .getFirst()
                .status();
    }

    @Test
    void whoComesGoesAwayAndLeavesIsSeenOnTheOtherNode() {
        PresenceLab.Session watcher = watcher(ada, eve);

        PresenceLab.Session phone = one.connect(ada);
        untilTold(watcher, ada, "online");
        untilTold(watcher, ada, "away");
        phone.give("read", "{}");
        untilTold(watcher, ada, "online");
        phone.hangUp();
        untilTold(watcher, ada, "offline");

        assertThat(watcher.told(ada)).containsExactly("online", "away", "online", "offline");
        assertThat(watcher.told(eve)).isEmpty();
        JsonNode gone = watcher.received().getLast().path("users").get(0);
        assertThat(Instant.parse(gone.path("lastSeen").asText()))
                .isBetween(Instant.now().minusSeconds(10), Instant.now());
    }

    @Test
    void whatClientsDoByThemselvesDoesNotShowThatAnybodyIsThere() {
        PresenceLab.Session watcher = watcher(ada);
        PresenceLab.Session phone = one.connect(ada);
        untilTold(watcher, ada, "away");

        for (String command : List.of("changes", "delivered")) {
            phone.give(command, "{}");
        }
        phone.watch(bob);
        await().pollDelay(Duration.ofMillis(700)).until(() -> true);

        assertThat(watcher.told(ada)).containsExactly("online", "away");
    }

    @Test
    void ofSeveralDevicesTheBestCountsAndBusyCoversAll() {
        PresenceLab.Session watcher = watcher(ada);
        PresenceLab.Session phone = one.connect(ada);
        PresenceLab.Session tablet = two.connect(ada);
        untilTold(watcher, ada, "online");

        phone.set("away");
        tablet.give("read", "{}");
        assertThat(standing(ada)).isEqualTo("online");
        phone.set("busy");
        untilTold(watcher, ada, "busy");
        phone.hangUp();
        await().atMost(SOON).until(() -> two.connect(bob).watch(ada).get(ada).equals("busy"));
        tablet.set("online");
        untilTold(watcher, ada, "online");
        tablet.set("busy");
        untilTold(watcher, ada, "busy");
        tablet.hangUp();
        untilTold(watcher, ada, "offline");
        one.connect(ada);
        untilTold(watcher, ada, "busy");
    }

    @Test
    void whoIsInvisibleIsOfflineToOthersAndInvisibleToHimselfSinceHeChoseSo() {
        PresenceLab.Session watcher = watcher(ada);
        PresenceLab.Session phone = one.connect(ada);
        PresenceLab.Session tablet = two.connect(ada);
        tablet.watch(ada);
        untilTold(watcher, ada, "online");
        Instant chosen = Instant.now();

        phone.set("invisible");
        untilTold(watcher, ada, "offline");
        untilTold(tablet, ada, "invisible");
        phone.give("read", "{}");
        PresenceLab.Session laptop = one.connect(ada);
        laptop.hangUp();
        await().pollDelay(Duration.ofMillis(900)).until(() -> true);

        assertThat(watcher.last(ada)).isEqualTo("offline");
        JsonNode reply = two.connect(bob).ask("presence.watch", "{'users':['" + ada + "']}");
        assertThat(reply.at("/users/0/status").asText()).isEqualTo("offline");
        assertThat(Instant.parse(reply.at("/users/0/lastSeen").asText()))
                .isBetween(chosen.minusMillis(50), chosen.plusMillis(800));
        phone.set("online");
        untilTold(watcher, ada, "online");
    }

    @Test
    void aFlushedRedisIsFilledAgainAndNobodyInvisibleIsShown() {
        PresenceLab.Session watcher = watcher(ada, bob, eve);
        PresenceLab.Session phone = one.connect(ada);
        PresenceLab.Session hidden = one.connect(eve);
        hidden.set("invisible");
        untilTold(watcher, ada, "online");
        hidden.give("read", "{}");

        lab.flush();
        assertThat(standing(ada)).isEqualTo("unknown");
        await().atMost(Duration.ofSeconds(6)).until(() -> {
            phone.give("read", "{}");
            return standing(ada).equals("online");
        });
        // Until all have had the time to report nobody is said to be offline; then the invisible are, again.
        await().atMost(Duration.ofSeconds(15)).until(() -> standing(eve).equals("offline"));
        untilTold(watcher, eve, "offline");
        phone.hangUp();
        untilTold(watcher, ada, "offline");

        assertThat(watcher.told(eve)).doesNotContain("online", "away", "busy", "invisible");
    }

    @Test
    void whatTheBusLosesComesByItself() {
        PresenceLab.Session watcher = watcher(ada);
        lab.busLosesEverything = true;
        one.connect(ada).set("busy");

        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(() -> assertThat(watcher.last(ada)).isEqualTo("busy"));
    }

    @Test
    void thePeopleOfADeadNodeGoOfflineAndThoseWithAnotherDeviceDoNot() {
        PresenceLab.Session watcher = watcher(ada, eve);
        one.connect(ada);
        one.connect(eve);
        PresenceLab.Node three = lab.node();
        PresenceLab.Session tablet = three.connect(eve);
        untilTold(watcher, ada, "online");
        untilTold(watcher, eve, "online");
        Instant killed = Instant.now();

        one.kill();
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(watcher.last(ada)).isEqualTo("offline"));
        tablet.give("read", "{}");

        assertThat(Duration.between(killed, Instant.now())).isLessThan(Duration.ofSeconds(15));
        assertThat(watcher.told(eve)).doesNotContain("offline");
        assertThat(watcher.told(ada).stream().filter("offline"::equals)).hasSize(1);
        await().atMost(SOON)
                .until(() -> two.metrics().scrape().contains("parley_presence_expired_total 1.0")
                        || three.metrics().scrape().contains("parley_presence_expired_total 1.0"));
    }

    @Test
    void aNodeWithoutPresenceOfItsOwnKnowsNothingAndHarmsNobody() {
        PresenceLab.Node bare = lab.node(false);
        PresenceLab.Session session = bare.connect(ada);

        assertThat(session.watch(ada, bob)).containsExactlyInAnyOrderEntriesOf(Map.of(ada, "unknown", bob, "unknown"));
        assertThat(session.refusal("presence.set", "{'status':'busy'}").code()).isEqualTo(ErrorCode.UNAVAILABLE);
    }

    @Test
    void whileTheDatabaseIsAwayNobodyIsShownWhoMightBeInvisible() {
        PresenceLab.Session watcher = watcher(ada, eve);
        PresenceLab.Session there = one.connect(eve);
        untilTold(watcher, eve, "online");
        lab.databaseGone = true;
        one.connect(ada);
        await().pollDelay(Duration.ofMillis(900)).until(() -> true);
        assertThat(watcher.told(ada)).isEmpty();
        there.hangUp();
        untilTold(watcher, eve, "offline");

        lab.databaseGone = false;
        await().atMost(Duration.ofSeconds(8))
                .untilAsserted(() -> assertThat(watcher.told(ada)).isNotEmpty());
    }

    @Test
    void peopleOfOtherTenantsAreOfflineLikeThoseWhoDoNotExist() {
        lab.settle();
        PresenceLab.Session phone = one.connect(ada);
        PresenceLab.Session same = two.connect(bob);
        await().atMost(SOON).until(() -> same.watch(ada).get(ada).equals("online"));
        PresenceLab.Session stranger = two.foreigner(Ids.next(), eve);

        assertThat(stranger.watch(ada, Ids.next()))
                .containsEntry(ada, "offline")
                .hasSize(2);
        phone.set("busy");
        untilTold(same, ada, "busy");
        assertThat(stranger.received()).isEmpty();
    }

    @Test
    void whoHasBlockedSomebodyIsOfflineToHimAtOnceAndBackWhenHeTakesItBack() {
        PresenceLab.Session watcher = watcher(ada, eve);
        PresenceLab.Session elsewhere = one.connect(bob);
        elsewhere.watch(ada);
        PresenceLab.Session other = two.connect(eve);
        other.watch(ada);
        PresenceLab.Session phone = one.connect(ada);
        untilTold(watcher, ada, "online");
        untilTold(elsewhere, ada, "online");
        long begun = System.nanoTime();

        lab.block(ada, bob, true);
        await().atMost(Duration.ofSeconds(1))
                .untilAsserted(() -> assertThat(watcher.last(ada)).isEqualTo("offline"));
        await().atMost(Duration.ofSeconds(1))
                .untilAsserted(() -> assertThat(elsewhere.last(ada)).isEqualTo("offline"));
        System.out.printf("hidden after %d ms%n", (System.nanoTime() - begun) / 1_000_000);
        assertThat(watcher.received().getLast().toString()).doesNotContain("lastSeen");
        phone.set("busy");
        untilTold(other, ada, "busy");
        assertThat(two.connect(bob).watch(ada, eve))
                .containsEntry(ada, "offline")
                .hasEntrySatisfying(eve, status -> assertThat(status).isIn("online", "away"));
        assertThat(watcher.told(ada)).endsWith("offline").doesNotContain("busy");
        watcher.watch(eve);
        assertThat(watcher.watch(ada)).containsEntry(ada, "offline");

        lab.block(ada, bob, false);
        await().atMost(Duration.ofSeconds(1))
                .untilAsserted(() -> assertThat(watcher.last(ada)).isEqualTo("busy"));
    }

    @Test
    void aBlockOfWhichTheBusSaysNothingIsFoundByAndBy() {
        PresenceLab.Session watcher = watcher(ada);
        one.connect(ada);
        untilTold(watcher, ada, "online");
        lab.busLosesEverything = true;

        lab.block(ada, bob, true);

        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(() -> assertThat(watcher.last(ada)).isEqualTo("offline"));
    }

    @Test
    void nobodyIsShownAsLongAsItCannotBeAskedWhoHides() {
        one.connect(ada);
        lab.settle();
        await().atMost(SOON).until(() -> standing(ada).equals("online"));
        lab.databaseGone = true;
        PresenceLab.Session watcher = two.connect(bob);
        assertThat(watcher.watch(ada)).containsEntry(ada, "unknown");

        lab.databaseGone = false;
        await().atMost(SOON).untilAsserted(() -> assertThat(watcher.last(ada)).isIn("online", "away"));
    }

    @Test
    void whenSomebodyWasLastThereIsToldToThoseWhoMayKnow() {
        PresenceLab.Session watcher = watcher(ada);
        PresenceLab.Session phone = one.connect(ada);
        untilTold(watcher, ada, "online");
        phone.hangUp();
        untilTold(watcher, ada, "offline");
        assertThat(watcher.lastSeen(ada)).isTrue();

        lab.lastSeenFor(ada, "contacts");
        await().atMost(SOON).until(() -> !watcher.lastSeen(ada));
        lab.confideIn(eve);
        PresenceLab.Session friend = one.connect(eve);
        assertThat(friend.ask("presence.watch", "{'users':['" + ada + "']}")
                        .at("/users/0")
                        .has("lastSeen"))
                .isTrue();

        lab.lastSeenFor(ada, "nobody");
        await().atMost(SOON).untilAsserted(() -> assertThat(friend.received()).isNotEmpty());
        assertThat(friend.lastSeen(ada)).isFalse();
        lab.lastSeenFor(ada, "everybody");
        await().atMost(SOON).until(() -> watcher.lastSeen(ada) && friend.lastSeen(ada));
    }

    @Test
    void whileTheDatabaseIsAwayItIsToldWhoIsThereButNotWhoWasLastThere() {
        PresenceLab.Session watcher = watcher(ada, eve);
        PresenceLab.Session phone = one.connect(ada);
        untilTold(watcher, ada, "online");

        lab.databaseGone = true;
        phone.hangUp();
        untilTold(watcher, ada, "offline");

        assertThat(watcher.lastSeen(ada)).isFalse();
    }

    @Test
    void aListReplacesTheOneBeforeOrAddsToItAndHasALimit() {
        PresenceLab.Session watcher = watcher(ada);
        watcher.watch(eve);
        PresenceLab.Session phone = one.connect(ada);
        PresenceLab.Session laptop = one.connect(eve);
        untilTold(watcher, eve, "online");
        assertThat(watcher.told(ada)).isEmpty();

        watcher.ask("presence.watch", "{'users':['" + ada + "'],'add':true}");
        phone.set("busy");
        laptop.set("busy");
        untilTold(watcher, ada, "busy");
        untilTold(watcher, eve, "busy");

        List<String> many = new ArrayList<>();
        for (int i = 0; i < 51; i++) {
            many.add("'" + Ids.next() + "'");
        }
        assertThat(watcher.refusal("presence.watch", "{'users':" + many + "}").code())
                .isEqualTo(ErrorCode.VALIDATION_FAILED);
        assertThat(watcher.refusal("presence.watch", "{'users':" + many.subList(0, 49) + ",'add':true}")
                        .code())
                .isEqualTo(ErrorCode.VALIDATION_FAILED);
        phone.set("online");
        untilTold(watcher, ada, "online");
        assertThat(two.metrics().scrape()).contains("parley_presence_watched 2.0");
        watcher.hangUp();
        assertThat(two.metrics().scrape()).contains("parley_presence_watched 0.0");
    }

    @Test
    void floodsAreRefusedAndMerged() {
        PresenceLab.Session watcher = watcher(ada);
        PresenceLab.Session phone = one.connect(ada);
        untilTold(watcher, ada, "online");
        int refused = 0;
        for (int i = 0; i < 60; i++) {
            var answer = phone.give("presence.set", "{'status':'" + (i % 2 == 0 ? "busy" : "online") + "'}");
            refused += PersistenceLab.await(answer.map(done -> 0).otherwise(1));
        }
        assertThat(refused).isGreaterThan(40);
        assertThat(watcher.told(ada)).hasSizeLessThan(15);

        List<String> users = new ArrayList<>();
        for (int i = 0; i < 49; i++) {
            users.add("'" + Ids.next() + "'");
        }
        for (int i = 0; i < 2; i++) {
            var unused = watcher.give("presence.watch", "{'users':" + users + "}");
        }
        assertThat(watcher.refusal("presence.watch", "{'users':" + users + "}").retryAfterMs())
                .isBetween(1L, 10_000L);
    }

    @Test
    void aSlowSessionGetsWhatHoldsWhenItIsQuickAgain() {
        PresenceLab.Session watcher = watcher(ada, eve);
        watcher.slow = true;
        PresenceLab.Session phone = one.connect(ada);
        one.connect(eve);
        phone.set("busy");
        phone.set("online");
        phone.set("busy");
        await().atMost(SOON)
                .until(() -> standing(ada).equals("busy") && standing(eve).equals("away"));
        await().pollDelay(Duration.ofMillis(800)).until(() -> true);

        watcher.slow = false;
        untilTold(watcher, ada, "busy");
        untilTold(watcher, eve, "away");
        assertThat(watcher.received()).hasSize(1);
    }

    @Test
    void everyKeyHasAnExpiryAndATenant() {
        PresenceLab.Session phone = one.connect(ada);
        await().atMost(SOON).until(() -> standing(ada).equals("online"));
        phone.set("busy");

        Response keys = PersistenceLab.await(lab.redis().keys("*"));
        assertThat(keys.size()).isGreaterThanOrEqualTo(6);
        keys.forEach(key -> assertThat(
                        PersistenceLab.await(lab.redis().pttl(key.toString())).toLong())
                .as(key.toString())
                .isPositive());
        assertThat(keys.stream().map(Response::toString))
                .contains("parley:presence:user:" + PresenceLab.TENANT + ":" + ada);
    }

    @Test
    void aStormOfTenThousandIsReportedInSeconds() {
        List<PresenceLab.Session> storm = new ArrayList<>();
        long begun = System.nanoTime();
        for (int i = 0; i < 10_000; i++) {
            storm.add(one.connect(Ids.next()));
        }
        long connected = System.nanoTime();
        UUID last = storm.getLast().principal().user();
        await().atMost(SOON)
                .until(() -> standing(last).equals("online") || standing(last).equals("away"));
        long reported = System.nanoTime();
        long bytes = PersistenceLab.await(
                        lab.redis().memory(List.of("USAGE", "parley:presence:user:" + PresenceLab.TENANT + ":" + last)))
                .toLong();

        System.out.printf(
                "10,000 sessions came in %d ms, the last was known %d ms later; %d bytes a person%n",
                (connected - begun) / 1_000_000, (reported - connected) / 1_000_000, bytes);
        assertThat(bytes).isLessThan(1_000);
    }
}
