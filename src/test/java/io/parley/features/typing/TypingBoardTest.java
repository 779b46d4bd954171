package io.parley.features.typing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.bus.Frame;
import io.parley.features.typing.TypingActions.Typing;
import io.parley.features.typing.TypingActions.Typist;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TypingBoardTest {
    private static final long SEED = Long.getLong("parley.seed", System.nanoTime());
    private static final UUID TENANT = new UUID(0, 1);

    private final Random random = new Random(SEED);
    private final Metrics metrics = new Metrics();
    private final List<Frame> frames = new ArrayList<>();
    private final List<Typing> notes = new ArrayList<>();
    private long now;
    private final List<Typist> elsewhere = new ArrayList<>();
    private final TypingBoard board = new TypingBoard(
            frames::add, notes::addAll, over -> Future.succeededFuture(Set.copyOf(elsewhere)), metrics, () -> now);
    private final UUID room = Ids.next();

    @AfterEach
    void close() {
        metrics.close();
    }

    private Typist typist() {
        return new Typist(TENANT, room, Ids.next());
    }

    private void pass(long seconds) {
        now += TimeUnit.SECONDS.toNanos(seconds);
    }

    private static List<JsonNode> users(Frame frame) {
        List<JsonNode> users = new ArrayList<>();
        Json.parse(frame.bytes().getBytes()).path("users").forEach(users::add);
        return users;
    }

    @Test
    void aFrameOfOneIsNotForHimselfAndOneOfSeveralIsForAll() {
        Typist ada = typist();
        board.type(ada);
        board.round();
        board.type(typist());
        board.type(typist());
        board.round();

        assertThat(frames).hasSize(2);
        assertThat(frames.get(0).passing()).isEqualTo(new Frame.Passing(ada.user(), false));
        assertThat(frames.get(1).passing()).isEqualTo(new Frame.Passing(null, false));
        assertThat(users(frames.get(1))).hasSize(2);
    }

    @Test
    void whoGoesOnTypingIsToldAgainEveryFiveSecondsSoThatReceiversDoNotEndIt() {
        Typist ada = typist();
        for (int second = 0; second < 20; second++) {
            board.type(ada);
            board.round();
            pass(1);
        }

        assertThat(frames).hasSize(4);
        pass(10);
        board.round();
        assertThat(frames).hasSize(5);
        assertThat(users(frames.getLast()).getFirst().path("active").asBoolean(true))
                .isFalse();
    }

    @Test
    void whoTypesOnAnotherBoardIsNotEndedByThisOne() {
        Typist ada = typist();
        Typist bob = typist();
        board.type(ada);
        board.type(bob);
        board.round();
        elsewhere.add(ada);
        pass(10);
        board.round();

        assertThat(users(frames.getLast()))
                .extracting(user -> user.path("user").asText())
                .containsExactly(bob.user().toString());
    }

    @Test
    void whatIsTakenBackBeforeItWasToldIsNeverTold() {
        Typist ada = typist();
        board.type(ada);
        board.stop(ada);
        board.type(ada);
        board.sent(ada);
        board.round();

        assertThat(frames).isEmpty();
    }

    /** What receivers believe, who end it themselves after ten seconds and with each message, is what holds. */
    @Test
    void receiversBelieveWhatHolds() {
        System.out.println("TypingBoardTest: -Dparley.seed=" + SEED);
        List<Typist> typists = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            typists.add(new Typist(TENANT, i < 3 ? room : Ids.next(), Ids.next()));
        }
        Map<Typist, Long> typing = new HashMap<>();
        Map<UUID, Long> believed = new HashMap<>();
        for (int step = 0; step < 20_000; step++) {
            Typist one = typists.get(random.nextInt(typists.size()));
            switch (random.nextInt(6)) {
                case 0, 1 -> {
                    board.type(one);
                    typing.put(one, now);
                }
                case 2 -> {
                    board.stop(one);
                    typing.remove(one);
                }
                case 3 -> {
                    board.sent(one);
                    typing.remove(one);
                    believed.remove(one.user());
                }
                default -> {
                    now += random.nextLong(TimeUnit.SECONDS.toNanos(3));
                    round(believed);
                    typing.values().removeIf(at -> now - at >= TimeUnit.SECONDS.toNanos(10));
                    Set<UUID> expected = new HashSet<>();
                    typing.keySet().forEach(typist -> expected.add(typist.user()));
                    assertThat(believed.keySet())
                            .as("step %d, seed %d", step, SEED)
                            .isEqualTo(expected);
                }
            }
        }
    }

    private void round(Map<UUID, Long> believed) {
        frames.clear();
        board.round();
        assertThat(frames.stream().map(Frame::conversation)).doesNotHaveDuplicates();
        frames.forEach(frame -> users(frame).forEach(user -> {
            UUID id = UUID.fromString(user.path("user").asText());
            if (user.path("active").asBoolean()) {
                believed.put(id, now);
            } else {
                assertThat(believed.remove(id)).isNotNull();
            }
        }));
    }
}
