package io.parley.features.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.bus.PresenceFrame.Standing;
import io.parley.features.PersistenceLab;
import io.parley.features.presence.PresenceActions.Choice;
import io.parley.features.presence.PresenceActions.Doing;
import io.parley.features.presence.PresenceActions.Person;
import io.parley.features.presence.PresenceActions.Sight;
import io.parley.server.embedded.RedisEndpoint;
import io.parley.server.presence.RedisLines;
import io.parley.server.redis.RedisConnection;
import io.parley.support.Config;
import io.parley.support.Ids;
import io.parley.support.Metrics;
import io.parley.support.Secret;
import io.parley.support.testing.TestServers;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What Redis says of people against what a table of all sessions would say, after anything in any order. */
class PresenceStoreModelIT {
    private static final long SEED = Long.getLong("parley.seed", System.nanoTime());
    private static final int STEPS = 1_500;

    private final Random random = new Random(SEED);
    private final Vertx vertx = Vertx.vertx();
    private final Metrics metrics = new Metrics();
    private final RedisEndpoint server = TestServers.shared().redis();
    private final RedisConnection redis = new RedisConnection(
            vertx, new Config.Redis("127.0.0.1", server.port(), new Secret(server.password()), false));
    private final PresenceStore store = new PresenceStore(RedisLines.of(() -> redis, metrics));

    private final List<Person> people = new ArrayList<>();
    private final List<UUID> places = new ArrayList<>();
    private final Map<Person, Choice> chosen = new HashMap<>();
    private final Map<UUID, Model> sessions = new HashMap<>();

    /** The last that anybody was told. */
    private final Map<Person, String> told = new HashMap<>();

    private record Model(Person person, UUID place, Doing doing) {}

    @AfterEach
    void close() {
        PersistenceLab.await(vertx.close());
        metrics.close();
    }

    @Test
    void redisAgreesWithATableOfAllSessions() {
        System.out.println("PresenceStoreModelIT: -Dparley.seed=" + SEED);
        PersistenceLab.await(redis.api().flushall(List.of()).mapEmpty());
        for (int i = 0; i < 6; i++) {
            people.add(new Person(new UUID(0, random.nextInt(2)), Ids.next()));
        }
        for (int i = 0; i < 3; i++) {
            begin();
        }
        PersistenceLab.await(
                redis.api().del(List.of("parley:presence:settling")).mapEmpty());
        for (int step = 0; step < STEPS; step++) {
            step();
            compare(step);
        }
    }

    private void begin() {
        UUID place = Ids.next();
        places.add(place);
        PersistenceLab.await(store.beat(place, true));
    }

    private void step() {
        int what = random.nextInt(100);
        if (what < 75) {
            report();
        } else if (what < 92) {
            choose();
        } else if (what < 97) {
            die();
        } else {
            reportFromADeadPlace();
        }
        // What the tests take for long is not long enough for a place to die by itself.
        places.forEach(place -> PersistenceLab.await(store.beat(place, false)));
    }

    private void report() {
        UUID place = places.get(random.nextInt(places.size()));
        List<Sight> sights = new ArrayList<>();
        List<Choice> looked = new ArrayList<>();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            Sight sight = random.nextBoolean() ? enter(place) : again(place);
            sights.add(sight);
            if (sight.entering() && chosen.containsKey(sight.person())) {
                looked.add(chosen.get(sight.person()));
            }
        }
        PresenceStore.Done done = PersistenceLab.await(store.report(place, sights, looked));
        assertThat(done.known()).isTrue();
        remember(done);
    }

    private Sight enter(UUID place) {
        Person person = people.get(random.nextInt(people.size()));
        UUID session = Ids.next();
        sessions.put(session, new Model(person, place, Doing.ONLINE));
        return new Sight(person.tenant(), person.user(), session, Doing.ONLINE, 0, true);
    }

    private Sight again(UUID place) {
        List<UUID> there = sessions.keySet().stream()
                .filter(session -> sessions.get(session).place().equals(place))
                .sorted()
                .toList();
        if (there.isEmpty()) {
            return enter(place);
        }
        UUID session = there.get(random.nextInt(there.size()));
        Person person = sessions.get(session).person();
        Doing doing = List.of(Doing.ONLINE, Doing.AWAY, Doing.GONE, Doing.GONE).get(random.nextInt(4));
        if (doing == Doing.GONE) {
            sessions.remove(session);
        } else {
            sessions.put(session, new Model(person, place, doing));
        }
        return new Sight(person.tenant(), person.user(), session, doing, random.nextInt(1_000), false);
    }

    /** Sometimes an older choice comes after a newer one, and changes nothing. */
    private void choose() {
        Person person = people.get(random.nextInt(people.size()));
        Choice last = chosen.get(person);
        long revision = last == null ? 1 : last.revision() + 1;
        String status = List.of("online", "busy", "invisible").get(random.nextInt(3));
        Choice next = new Choice(person.tenant(), person.user(), status, revision, Instant.ofEpochMilli(revision));
        chosen.put(person, next);
        remember(PersistenceLab.await(store.apply(List.of(next))));
        if (last != null && random.nextBoolean()) {
            remember(PersistenceLab.await(store.apply(List.of(last))));
        }
    }

    /** A place dies; two sweepers find it, and of what they tell nothing is told twice. */
    private void die() {
        UUID place = places.remove(random.nextInt(places.size()));
        PersistenceLab.await(
                redis.api().del(List.of("parley:presence:place:" + place)).mapEmpty());
        assertThat(PersistenceLab.await(store.silent())).containsExactly(place);
        List<Person> some = PersistenceLab.await(store.someAt(place, 2));
        while (!some.isEmpty()) {
            remember(PersistenceLab.await(store.leave(place, some)));
            assertThat(PersistenceLab.await(store.leave(place, some)).changed()).isEmpty();
            some = PersistenceLab.await(store.someAt(place, 2));
        }
        assertThat(PersistenceLab.await(store.forget(place))).isTrue();
        assertThat(PersistenceLab.await(store.forget(place))).isFalse();
        sessions.values().removeIf(session -> session.place().equals(place));
        begin();
    }

    private void reportFromADeadPlace() {
        Person person = people.get(random.nextInt(people.size()));
        Sight late = new Sight(person.tenant(), person.user(), Ids.next(), Doing.ONLINE, 0, true);
        UUID dead = Ids.next();

        assertThat(PersistenceLab.await(store.report(dead, List.of(late), List.of()))
                        .known())
                .isFalse();
        assertThat(PersistenceLab.await(store.beat(dead, false)).known()).isFalse();
    }

    private void remember(PresenceStore.Done done) {
        done.changed()
                .forEach(standing -> told.put(
                        new Person(standing.tenant(), standing.user()), standing.status() + "/" + standing.own()));
    }

    private void compare(int step) {
        List<Standing> found = PersistenceLab.await(store.standings(people));
        for (int i = 0; i < people.size(); i++) {
            Person person = people.get(i);
            Standing standing = found.get(i);
            assertThat(standing.status() + "/" + standing.own())
                    .as("step %d, seed %d", step, SEED)
                    .isEqualTo(expected(person));
            assertThat(told.getOrDefault(person, "offline/offline"))
                    .as("what was told, step %d, seed %d", step, SEED)
                    .isEqualTo(expected(person));
        }
    }

    private String expected(Person person) {
        List<Doing> devices = sessions.values().stream()
                .filter(session -> session.person().equals(person))
                .map(Model::doing)
                .toList();
        if (devices.isEmpty()) {
            return "offline/offline";
        }
        Choice choice = chosen.get(person);
        String best = devices.contains(Doing.ONLINE) ? "online" : "away";
        return switch (choice == null ? "online" : choice.status()) {
            case "busy" -> "busy/busy";
            case "invisible" -> "offline/invisible";
            default -> best + "/" + best;
        };
    }
}
