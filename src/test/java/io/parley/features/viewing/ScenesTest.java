package io.parley.features.viewing;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.features.viewing.ViewingActions.Note;
import io.parley.support.Ids;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What one event loop tells Redis. */
class ScenesTest {
    private static final long SEED = Long.getLong("parley.seed", System.nanoTime());
    private static final long SCREEN_MS = 60_000;

    private final Random random = new Random(SEED);
    private final Stage stage = new Stage();
    private final UUID room = Ids.next();
    private final UUID ada = Ids.next();
    private final Stage.Session phone = stage.session(ada);
    private final Stage.Session tablet = stage.session(ada);

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void aPersonWithTwoDevicesIsThereUntilBothHaveEnded() {
        stage.show(phone, room);
        stage.show(tablet, room);
        stage.pass(250);
        assertThat(stage.inRedis(room)).containsExactly(ada);

        stage.end(phone);
        stage.pass(250);
        assertThat(stage.inRedis(room)).containsExactly(ada);
        stage.end(tablet);
        stage.pass(250);
        assertThat(stage.inRedis(room)).isEmpty();
    }

    @Test
    void whatIsNotSaidAgainEndsByItselfAndWhatIsSaidAgainDoesNot() {
        Stage.Session bobs = stage.session(Ids.next());
        stage.show(phone, room);
        stage.show(bobs, room);
        for (int i = 0; i < 5; i++) {
            stage.pass(SCREEN_MS / 2);
            stage.show(bobs, room);
        }

        assertThat(stage.inRedis(room)).containsExactly(bobs.user);
    }

    @Test
    void whoStaysIsSaidAgainHoweverOthersComeAndGo() {
        stage.show(phone, room);
        for (int i = 0; i < 40; i++) {
            Stage.Session guest = stage.session(Ids.next());
            stage.show(guest, room);
            stage.pass(2_000);
            stage.show(phone, room);
            stage.end(guest);
            assertThat(stage.inRedis(room)).contains(ada);
        }
    }

    @Test
    void whoIsNotToBeSeenIsNeverSaidAndIsTakenBackWhenHeHides() {
        stage.hidden.add(ada);
        stage.show(phone, room);
        stage.pass(250);
        assertThat(stage.inRedis(room)).isEmpty();

        stage.hidden.clear();
        stage.marks.doubt(ada);
        stage.pass(500);
        assertThat(stage.inRedis(room)).containsExactly(ada);

        stage.hidden.add(ada);
        stage.marks.doubt(ada);
        stage.pass(500);
        assertThat(stage.inRedis(room)).isEmpty();
    }

    @Test
    void whoHidesUnheardIsFoundOutWithinAMinute() {
        stage.show(phone, room);
        stage.pass(250);
        stage.hidden.add(ada);
        stage.pass(30_000);
        stage.show(phone, room);
        stage.pass(31_000);

        assertThat(stage.screens.scene(phone)).isNotNull();
        assertThat(stage.inRedis(room)).isEmpty();
    }

    @Test
    void whoHidesWhileItIsAskedWhetherHeMayBeSeenIsAskedForAgain() {
        long asOf = stage.marks.doubts();
        stage.hidden.add(ada);
        stage.marks.doubt(ada);
        stage.screens.begin(phone, stage.scenes.of(Stage.TENANT, room, room), true, asOf);
        stage.pass(500);

        assertThat(stage.inRedis(room)).isEmpty();
    }

    @Test
    void aThousandDevicesAreToldInFewQuestionsOfFewPeople() {
        for (int i = 0; i < 1_200; i++) {
            stage.show(stage.session(Ids.next()), room);
        }
        stage.round();

        assertThat(stage.inRedis(room)).hasSize(1_200);
        assertThat(stage.notes).hasSizeLessThan(5);
        assertThat(stage.notes)
                .allSatisfy(one -> assertThat(one.notes().stream()
                                .mapToInt(
                                        note -> note.here().size() + note.gone().size())
                                .sum())
                        .isLessThanOrEqualTo(500));
    }

    @Test
    void withoutRedisNothingPilesUp() {
        stage.redisGone = true;
        for (int i = 0; i < 2_000; i++) {
            stage.show(phone, Ids.next());
            stage.pass(250);
        }
        stage.redisGone = false;
        stage.notes.clear();
        stage.pass(2_000);

        List<Note> said =
                stage.notes.stream().flatMap(one -> one.notes().stream()).toList();
        assertThat(said).hasSizeLessThan(10);
        assertThat(said).anySatisfy(note -> assertThat(note.here()).containsExactly(ada));
    }

    @Test
    void whereNobodyLooksAnyMoreRedisIsNotAskedAnyMore() {
        stage.show(phone, room);
        stage.watch(tablet, room);
        stage.pass(250);
        stage.end(phone);
        stage.watch(tablet);
        stage.pass(1_000);
        stage.notes.clear();
        stage.pass(60_000);

        assertThat(stage.notes).isEmpty();
        assertThat(stage.metrics.scrape()).contains("parley_viewing_screens 0.0");
    }

    /** Whatever happens, and whatever is lost, Redis holds in the end who shows what and may be seen. */
    @Test
    void redisHoldsWhatSessionsShow() {
        System.out.println("ScenesTest: -Dparley.seed=" + SEED);
        List<UUID> rooms = Stream.generate(Ids::next).limit(4).toList();
        List<Stage.Session> sessions = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            sessions.add(stage.session(i < 3 ? ada : Ids.next()));
        }
        Map<Stage.Session, UUID> shown = new HashMap<>();
        Map<Stage.Session, Long> endsAt = new HashMap<>();
        for (int step = 0; step < 4_000; step++) {
            Stage.Session one = sessions.get(random.nextInt(sessions.size()));
            UUID where = rooms.get(random.nextInt(rooms.size()));
            switch (random.nextInt(9)) {
                case 0, 1, 2 -> {
                    stage.show(one, where);
                    shown.put(one, where);
                    endsAt.put(one, stage.now + TimeUnit.MILLISECONDS.toNanos(SCREEN_MS));
                }
                case 3 -> {
                    stage.end(one);
                    shown.remove(one);
                }
                case 4 -> {
                    if (!stage.hidden.remove(one.user)) {
                        stage.hidden.add(one.user);
                    }
                    stage.marks.doubt(one.user);
                }
                case 5 -> stage.watch(one, rooms.subList(0, random.nextInt(3)).toArray(UUID[]::new));
                case 6 -> {
                    stage.redisGone = random.nextInt(4) == 0;
                    stage.answersLost = random.nextInt(4) == 0;
                    stage.databaseGone = random.nextInt(4) == 0;
                }
                case 7 -> stage.pass(random.nextInt(8_000));
                default -> {
                    stage.redisGone = false;
                    stage.answersLost = false;
                    stage.databaseGone = false;
                    stage.pass(ViewerStore.LIFE_MS + 2_000);
                    shown.keySet().removeIf(session -> endsAt.get(session) <= stage.now);
                    Map<UUID, Set<UUID>> expected = new HashMap<>();
                    shown.forEach((session, conversation) -> {
                        if (!stage.hidden.contains(session.user)) {
                            expected.computeIfAbsent(conversation, id -> new HashSet<>())
                                    .add(session.user);
                        }
                    });
                    rooms.forEach(conversation -> assertThat(stage.inRedis(conversation))
                            .as("seed %d", SEED)
                            .isEqualTo(expected.getOrDefault(conversation, Set.of())));
                }
            }
        }
    }
}
