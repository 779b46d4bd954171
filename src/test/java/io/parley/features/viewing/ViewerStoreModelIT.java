package io.parley.features.viewing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.features.PersistenceLab;
import io.parley.features.viewing.ViewerStore.Done;
import io.parley.features.viewing.ViewingActions.Note;
import io.parley.features.viewing.ViewingActions.Notes;
import io.parley.server.embedded.RedisEndpoint;
import io.parley.server.presence.RedisLines;
import io.parley.server.redis.RedisConnection;
import io.parley.support.Config;
import io.parley.support.Ids;
import io.parley.support.Metrics;
import io.parley.support.Secret;
import io.parley.support.testing.TestServers;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What Redis says of who shows conversations, against a table of all places that have said so. */
class ViewerStoreModelIT {
    private static final long SEED = Long.getLong("parley.seed", System.nanoTime());
    private static final UUID TENANT = new UUID(0, 1);
    private static final long LONG_MS = 60_000;
    private static final long SHORT_MS = 400;

    private final Random random = new Random(SEED);
    private final Vertx vertx = Vertx.vertx();
    private final Metrics metrics = new Metrics();
    private final RedisEndpoint server = TestServers.shared().redis();
    private final RedisConnection redis = new RedisConnection(
            vertx, new Config.Redis("127.0.0.1", server.port(), new Secret(server.password()), false));
    private final ViewerStore store = store(LONG_MS);
    private final ViewerStore brief = store(SHORT_MS);
    private final UUID room = Ids.next();
    private final UUID ada = Ids.next();
    private final UUID here = Ids.next();
    private final UUID there = Ids.next();

    private ViewerStore store(long lifeMs) {
        return new ViewerStore(RedisLines.of(() -> redis, metrics), lifeMs);
    }

    @AfterEach
    void close() {
        PersistenceLab.await(vertx.close());
        metrics.close();
    }

    private static Done say(ViewerStore store, UUID place, UUID conversation, List<UUID> come, List<UUID> gone) {
        Note note = new Note(TENANT, conversation, conversation, come, gone);
        return PersistenceLab.await(store.note(new Notes(place, List.of(note)))).getFirst();
    }

    private Done ask() {
        return say(store, here, room, List.of(), List.of());
    }

    @Test
    void whoIsAtTwoPlacesIsThereOnceAndUntilBothHaveEnded() {
        assertThat(say(store, here, room, List.of(ada), List.of()).changed()).isTrue();
        assertThat(say(store, there, room, List.of(ada), List.of()).changed()).isFalse();
        assertThat(ask().viewers().count()).isEqualTo(1);
        assertThat(say(store, here, room, List.of(), List.of(ada)).changed()).isFalse();
        assertThat(ask().viewers().users()).containsExactly(ada);
        assertThat(say(store, there, room, List.of(), List.of(ada)).changed()).isTrue();
        assertThat(ask().viewers().count()).isZero();
    }

    @Test
    void whatAPlaceDoesNotSayAgainEndsAndTheRestGoesOn() {
        UUID bob = Ids.next();
        say(store, here, room, List.of(bob), List.of());
        say(brief, there, room, List.of(ada, bob), List.of());
        assertThat(ask().viewers().count()).isEqualTo(2);

        say(store, here, room, List.of(bob), List.of());
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(ask().viewers().users()).containsExactly(bob));
        say(store, here, room, List.of(), List.of(bob));
        assertThat(ask().viewers().count()).isZero();
    }

    @Test
    void nothingIsKeptOfWhatHasEnded() {
        say(brief, here, room, List.of(ada), List.of());
        await().atMost(Duration.ofSeconds(5))
                .until(() -> PersistenceLab.await(redis.api().keys("parley:viewing:*:" + room))
                                .size()
                        == 0);
        say(store, here, room, List.of(ada), List.of());
        say(store, here, room, List.of(), List.of(ada));
        assertThat(PersistenceLab.await(redis.api().keys("parley:viewing:*:" + room))
                        .size())
                .isZero();
    }

    @Test
    void tenAreNamedThoseWhoCameFirst() {
        List<UUID> people = Stream.generate(Ids::next).limit(25).toList();
        people.forEach(one -> say(store, here, room, List.of(one), List.of()));

        assertThat(ask().viewers().count()).isEqualTo(25);
        assertThat(ask().viewers().users()).isEqualTo(people.subList(0, 10));
    }

    @Test
    void redisAgreesWithATableOfAllPlaces() {
        System.out.println("ViewerStoreModelIT: -Dparley.seed=" + SEED);
        List<UUID> rooms = Stream.generate(Ids::next).limit(3).toList();
        List<UUID> people = Stream.generate(Ids::next).limit(9).toList();
        List<UUID> places = Stream.generate(Ids::next).limit(3).toList();
        Map<UUID, Map<UUID, Set<UUID>>> model = new HashMap<>();
        for (int step = 0; step < 800; step++) {
            UUID place = places.get(random.nextInt(places.size()));
            List<Note> notes = new ArrayList<>();
            Map<UUID, Boolean> changed = new HashMap<>();
            for (UUID conversation : rooms.subList(random.nextInt(3), 3)) {
                Set<UUID> come = some(people);
                Set<UUID> gone = some(people);
                gone.removeAll(come);
                notes.add(new Note(TENANT, conversation, conversation, List.copyOf(come), List.copyOf(gone)));
                Map<UUID, Set<UUID>> present = model.computeIfAbsent(conversation, id -> new HashMap<>());
                Set<UUID> before = Set.copyOf(present.keySet());
                come.forEach(user ->
                        present.computeIfAbsent(user, id -> new HashSet<>()).add(place));
                gone.forEach(user -> present.computeIfPresent(user, (id, at) -> {
                    at.remove(place);
                    return at.isEmpty() ? null : at;
                }));
                changed.put(conversation, !before.equals(present.keySet()));
            }
            List<Done> done = PersistenceLab.await(store.note(new Notes(place, notes)));
            for (Done one : done) {
                Set<UUID> expected = model.get(one.viewers().conversation()).keySet();
                assertThat(one.viewers().count()).as("seed %d", SEED).isEqualTo(expected.size());
                assertThat(Set.copyOf(one.viewers().users()))
                        .as("seed %d", SEED)
                        .isEqualTo(expected);
                assertThat(one.changed())
                        .as("seed %d", SEED)
                        .isEqualTo(changed.get(one.viewers().conversation()));
            }
        }
    }

    private Set<UUID> some(List<UUID> people) {
        Set<UUID> some = new LinkedHashSet<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            some.add(people.get(random.nextInt(people.size())));
        }
        return some;
    }
}
