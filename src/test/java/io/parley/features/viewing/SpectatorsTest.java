package io.parley.features.viewing;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.features.presence.Veil;
import io.parley.features.viewing.ViewingActions.Viewers;
import io.parley.features.viewing.ViewingEvents.Seen;
import io.parley.support.Ids;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the sessions of one event loop are told. */
class SpectatorsTest {
    private static final long SEED = Long.getLong("parley.seed", System.nanoTime());

    private final Random random = new Random(SEED);
    private final Stage stage = new Stage();
    private final UUID room = Ids.next();
    private final UUID ada = Ids.next();
    private final UUID bob = Ids.next();
    private final Stage.Session adas = stage.session(ada);
    private final Stage.Session bobs = stage.session(bob);

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void whoShowsOrWatchesItIsToldAndNobodyElse() {
        Stage.Session other = stage.session(bob);
        stage.show(adas, room);
        stage.watch(bobs, room);
        stage.watch(other, Ids.next());
        stage.pass(1_000);

        assertThat(adas.users()).containsExactly(ada);
        assertThat(bobs.users()).containsExactly(ada);
        assertThat(other.users()).isEmpty();
        assertThat(adas.told).hasSize(1);
        assertThat(bobs.told).hasSize(1);
    }

    @Test
    void oneWhoComesLaterIsToldWhatIsKnown() {
        stage.show(adas, room);
        stage.pass(5_000);
        stage.watch(bobs, room);
        stage.pass(250);

        assertThat(bobs.users()).containsExactly(ada);
        assertThat(adas.told).hasSize(1);
    }

    @Test
    void tenThousandWhoComeAreANumberAndTenNamesOnceASecond() {
        stage.watch(adas, room);
        stage.pass(2_000);
        adas.told.clear();
        for (int i = 0; i < 10_000; i++) {
            stage.elsewhere(Ids.next(), room, true);
            if (i % 100 == 0) {
                stage.publish(room);
                stage.pass(250);
            }
        }
        stage.publish(room);
        stage.pass(1_000);

        // 25 seconds have passed, and one more.
        assertThat(adas.told).hasSizeBetween(20, 27);
        assertThat(adas.count()).isEqualTo(10_000);
        assertThat(adas.users()).hasSize(10);
    }

    @Test
    void whoHidesFromOneIsNotThereForHimAndIsForOthers() {
        stage.blockers.put(bob, Set.of(ada));
        stage.show(adas, room);
        stage.watch(bobs, room);
        stage.pass(500);
        assertThat(adas.count()).isEqualTo(1);
        assertThat(bobs.count()).isZero();
        assertThat(bobs.users()).isEmpty();

        stage.blockers.clear();
        stage.spectators.renew(bob);
        stage.pass(1_000);
        assertThat(bobs.users()).containsExactly(ada);
        assertThat(adas.told).hasSize(1);
    }

    @Test
    void aSlowSocketIsToldLaterAsItStandsThen() {
        bobs.slow = true;
        stage.watch(bobs, room);
        stage.show(adas, room);
        stage.pass(2_000);
        stage.end(adas);
        stage.pass(2_000);
        bobs.slow = false;
        stage.pass(250);

        assertThat(bobs.told).hasSize(1);
        assertThat(bobs.count()).isZero();
    }

    @Test
    void whenRedisCannotBeAskedForLongNobodyIsShownUntilItCan() {
        stage.show(adas, room);
        stage.watch(bobs, room);
        stage.pass(1_000);
        stage.redisGone = true;
        stage.pass(20_000);
        assertThat(bobs.users()).containsExactly(ada);

        stage.pass(15_000);
        assertThat(bobs.count()).isZero();
        stage.redisGone = false;
        stage.pass(3_000);
        assertThat(bobs.users()).containsExactly(ada);
    }

    @Test
    void whatWasOvertakenChangesNothing() {
        stage.watch(bobs, room);
        stage.pass(250);
        Viewers before = stage.viewers(room);
        stage.elsewhere(ada, room, true);
        stage.pass(1_000);
        stage.publish(room);
        stage.scenes.heard(before);
        stage.pass(1_000);

        assertThat(bobs.users()).containsExactly(ada);
    }

    @Test
    void oneAgainstWhomAreTooManySeesNobodyButHimself() {
        Viewers viewers = new Viewers(room, 1, 7_000, List.of(ada, bob));
        Veil all = new Veil(true, true, Set.of(), Set.of());

        assertThat(ViewingEvents.seen(viewers, bob, all)).isEqualTo(new Seen(1, List.of(bob)));
    }

    /** What each session was told last is what it would be told when it asked. */
    @Test
    void whatWasToldLastHolds() {
        System.out.println("SpectatorsTest: -Dparley.seed=" + SEED);
        List<UUID> rooms = Stream.generate(Ids::next).limit(3).toList();
        List<UUID> people = Stream.generate(Ids::next).limit(14).toList();
        List<Stage.Session> sessions =
                people.stream().limit(5).map(stage::session).toList();
        Map<Stage.Session, Set<UUID>> watched = new HashMap<>();
        for (int step = 0; step < 3_000; step++) {
            Stage.Session one = sessions.get(random.nextInt(sessions.size()));
            UUID where = rooms.get(random.nextInt(rooms.size()));
            UUID somebody = people.get(random.nextInt(people.size()));
            switch (random.nextInt(8)) {
                case 0, 1 -> {
                    stage.elsewhere(somebody, where, random.nextBoolean());
                    if (random.nextInt(3) > 0) {
                        stage.publish(where);
                    }
                }
                case 2 -> {
                    Set<UUID> some = new HashSet<>(rooms.subList(0, random.nextInt(4)));
                    watched.put(one, some);
                    stage.watch(one, some.toArray(UUID[]::new));
                }
                case 3 -> {
                    stage.blockers.put(one.user, random.nextBoolean() ? Set.of(somebody) : Set.of());
                    stage.spectators.renew(one.user);
                }
                case 4 -> one.slow = !one.slow;
                case 5, 6 -> stage.pass(random.nextInt(2_000));
                default -> {
                    sessions.forEach(session -> session.slow = false);
                    stage.pass(15_000);
                    watched.forEach(this::assertToldLast);
                }
            }
        }
    }

    private void assertToldLast(Stage.Session session, Set<UUID> watched) {
        Veil veil = new Veil(true, false, stage.blockers.getOrDefault(session.user, Set.of()), Set.of());
        for (UUID conversation : watched) {
            Seen seen = ViewingEvents.seen(stage.viewers(conversation), session.user, veil);
            List<String> told = new ArrayList<>();
            session.told.stream()
                    .filter(event -> event.path("conversation").asText().equals(conversation.toString()))
                    .toList()
                    .getLast()
                    .path("users")
                    .forEach(user -> told.add(user.asText()));
            assertThat(told)
                    .as("seed %d", SEED)
                    .isEqualTo(seen.users().stream().map(UUID::toString).toList());
        }
    }
}
