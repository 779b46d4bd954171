package io.parley.features.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parley.bus.PresenceFrame;
import io.parley.bus.PresenceFrame.Standing;
import io.parley.features.contacts.ContactActions;
import io.parley.features.contacts.ContactActions.BlockedBy;
import io.parley.features.contacts.ContactActions.Blockers;
import io.parley.features.presence.PresenceActions.People;
import io.parley.features.presence.PresenceActions.Person;
import io.parley.features.presence.PresenceActions.Pulse;
import io.parley.features.presence.PresenceActions.Standings;
import io.parley.features.presence.PresenceEvents.Seen;
import io.parley.support.AppError;
import io.parley.support.Config;
import io.parley.support.Ids;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What sessions believe ends up as what is, whatever frames are lost, late or doubled. */
class WatchersTest {
    private static final long SEED = Long.getLong("parley.seed", System.nanoTime());
    private static final UUID TENANT = new UUID(0, 1);
    private static final List<String> STATUSES = List.of("online", "away", "busy", "offline", "invisible");

    private final Random random = new Random(SEED);
    private final Metrics metrics = new Metrics();
    private final List<Asked> asked = new ArrayList<>();
    private final Watchers watchers =
            new Watchers(this::ask, new Veils(this::askVeils), new Config.Presence(1_000, 20, 40), metrics);
    private final Map<Person, Standing> truth = new HashMap<>();

    /** Who hides from whom. */
    private final Map<UUID, Set<UUID>> hiding = new HashMap<>();

    private final List<PresenceFrame> underWay = new ArrayList<>();
    private final List<Viewer> viewers = new ArrayList<>();
    private long epoch = 1;

    /** A question whose answer is on its way. */
    private record Asked(String about, Runnable answer) {
        static <T> Asked of(String about, Promise<T> promise, T found) {
            return new Asked(about, () -> promise.complete(found));
        }
    }

    /** A session and what its client believes. */
    private static final class Viewer {
        final Guest session;
        final Set<UUID> watched = new HashSet<>();
        final Map<UUID, String> believed = new HashMap<>();
        int read;

        Viewer(UUID user) {
            session = new Guest(TENANT, user);
        }

        UUID user() {
            return session.principal().user();
        }

        void hear(Seen seen) {
            if (watched.contains(seen.user())) {
                believed.put(seen.user(), seen.status());
            }
        }

        void readOn() {
            for (; read < session.received.size(); read++) {
                session.received.get(read).path("users").forEach(one -> {
                    UUID user = UUID.fromString(one.path("user").asText());
                    assertThat(watched).contains(user);
                    believed.put(user, one.path("status").asText());
                });
            }
        }
    }

    @AfterEach
    void close() {
        metrics.close();
    }

    /** The answer is what holds now; it may arrive much later. */
    private Future<Standings> ask(People people) {
        Promise<Standings> answer = Promise.promise();
        asked.add(Asked.of(
                "standings",
                answer,
                new Standings(people.people().stream().map(this::standing).toList())));
        return answer.future();
    }

    private Future<Blockers> askVeils(ContactActions.People people) {
        Promise<Blockers> answer = Promise.promise();
        asked.add(Asked.of(
                "blockers",
                answer,
                new Blockers(people.people().stream()
                        .map(viewer -> new BlockedBy(List.copyOf(hiding(viewer.user())), false, List.of()))
                        .toList())));
        return answer.future();
    }

    private Set<UUID> hiding(UUID viewer) {
        return hiding.getOrDefault(viewer, Set.of());
    }

    private Standing standing(Person person) {
        return truth.getOrDefault(person, offline(person, 0));
    }

    private Standing offline(Person person, long turn) {
        return new Standing(person.tenant(), person.user(), "offline", "offline", null, "nobody", epoch, turn);
    }

    private static Person person(UUID user) {
        return new Person(TENANT, user);
    }

    private void change(UUID user, String status) {
        long turn = standing(person(user)).turn() + 1;
        String others = status.equals("invisible") ? "offline" : status;
        Standing next = new Standing(TENANT, user, others, status, null, "nobody", epoch, turn);
        truth.put(person(user), next);
        underWay.add(new PresenceFrame(List.of(next)));
    }

    private void hide(UUID user, UUID viewer) {
        Set<UUID> next = new HashSet<>(hiding(viewer));
        if (!next.add(user)) {
            next.remove(user);
        }
        hiding.put(viewer, next);
        underWay.add(new PresenceFrame(List.of(), List.of(new PresenceFrame.Viewer(viewer, null))));
    }

    private void watch(Viewer viewer, List<UUID> users) {
        viewer.readOn();
        viewer.watched.clear();
        viewer.watched.addAll(users);
        viewer.believed.keySet().retainAll(viewer.watched);
        watchers.watch(viewer.session, users, false).onSuccess(reply -> {
            viewer.readOn();
            reply.forEach(viewer::hear);
        });
    }

    private void answer(int index) {
        asked.remove(index).answer().run();
    }

    private void settle() {
        viewers.forEach(viewer -> viewer.session.slow = false);
        underWay.clear();
        while (!asked.isEmpty()) {
            answer(0);
        }
        for (int beat = 0; beat < 10; beat++) {
            watchers.heard(new Pulse(true, epoch, false));
            watchers.tell();
            while (!asked.isEmpty()) {
                answer(0);
            }
        }
        watchers.tell();
        viewers.forEach(Viewer::readOn);
    }

    @Test
    void inTheEndEverybodyBelievesWhatIs() {
        System.out.println("WatchersTest: -Dparley.seed=" + SEED);
        List<UUID> users = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            users.add(Ids.next());
        }
        for (int round = 0; round < 300; round++) {
            for (int step = random.nextInt(60); step >= 0; step--) {
                step(users);
            }
            settle();
            for (Viewer viewer : viewers) {
                Map<UUID, String> expected = new HashMap<>();
                viewer.watched.forEach(user -> expected.put(
                        user,
                        PresenceEvents.seen(
                                        standing(person(user)),
                                        viewer.user(),
                                        new Veil(true, false, hiding(viewer.user()), Set.of()))
                                .status()));
                assertThat(viewer.believed).as("seed %d, round %d", SEED, round).isEqualTo(expected);
            }
        }
    }

    private void step(List<UUID> users) {
        UUID user = users.get(random.nextInt(users.size()));
        switch (random.nextInt(11)) {
            case 0 -> {
                if (viewers.size() < 4) {
                    viewers.add(new Viewer(user));
                }
            }
            case 1 -> someViewer(viewer -> watch(viewer, users.subList(random.nextInt(4), 4 + random.nextInt(4))));
            case 2 -> someViewer(viewer -> viewer.session.slow = random.nextBoolean());
            case 3 -> {
                if (random.nextInt(5) == 0) {
                    someViewer(viewer -> {
                        watchers.ended(viewer.session);
                        viewers.remove(viewer);
                    });
                }
            }
            case 4 -> {
                if (!asked.isEmpty()) {
                    answer(random.nextInt(asked.size()));
                }
            }
            case 5 -> watchers.tell();
            case 6 -> {
                if (random.nextInt(20) == 0) {
                    // Redis has lost everything; who is there has been reported again.
                    epoch++;
                    truth.replaceAll((person, last) ->
                            new Standing(TENANT, person.user(), last.status(), last.own(), null, "nobody", epoch, 1));
                }
            }
            case 8 -> someViewer(viewer -> hide(user, viewer.user()));
            case 7 -> change(user, STATUSES.get(random.nextInt(STATUSES.size())));
            default -> deliver();
        }
    }

    /** In any order, sometimes twice, sometimes not at all. */
    private void deliver() {
        if (!underWay.isEmpty()) {
            PresenceFrame frame = underWay.get(random.nextInt(underWay.size()));
            if (random.nextInt(5) > 0) {
                watchers.changed(frame);
            }
            if (random.nextInt(4) > 0) {
                underWay.remove(frame);
            }
        }
    }

    private void someViewer(java.util.function.Consumer<Viewer> what) {
        if (!viewers.isEmpty()) {
            what.accept(viewers.get(random.nextInt(viewers.size())));
        }
    }

    @Test
    void ofFramesAndAnswersThatOvertakeEachOtherTheNewestHolds() {
        UUID ada = Ids.next();
        UUID bob = Ids.next();
        Viewer viewer = new Viewer(Ids.next());
        watch(viewer, List.of(ada, bob));
        change(ada, "online");
        change(ada, "busy");
        change(bob, "online");
        watchers.changed(underWay.get(1));
        watchers.changed(underWay.get(0));
        watchers.changed(underWay.get(2));
        // This was asked before all of it, when both were offline.
        answer(0);
        answer(0);
        watchers.tell();
        viewer.readOn();

        assertThat(viewer.believed).isEqualTo(Map.of(ada, "busy", bob, "online"));
    }

    @Test
    void anAnswerThatComesLateTellsNothingOfAnEarlierLook() {
        UUID ada = Ids.next();
        UUID bob = Ids.next();
        Viewer other = new Viewer(Ids.next());
        Viewer viewer = new Viewer(Ids.next());
        watch(viewer, List.of(ada, bob));
        change(ada, "busy");
        watchers.changed(underWay.removeFirst());
        watch(viewer, List.of(bob));
        change(ada, "online");
        watch(other, List.of(ada));
        watch(viewer, List.of(ada, bob));
        answer(asked.size() - 1);
        while (!asked.isEmpty()) {
            answer(0);
        }

        assertThat(viewer.believed).containsEntry(ada, "online");
    }

    @Test
    void afterTwoBeatsOfSilenceNobodyIsKnownAnyMore() {
        UUID ada = Ids.next();
        Viewer viewer = new Viewer(Ids.next());
        viewers.add(viewer);
        change(ada, "online");
        watch(viewer, List.of(ada));
        settle();
        assertThat(viewer.believed).containsEntry(ada, "online");

        watchers.unheard();
        watchers.tell();
        assertThat(viewer.session.received).isEmpty();
        watchers.unheard();
        watchers.tell();
        viewer.readOn();
        assertThat(viewer.believed).containsEntry(ada, "unknown");

        settle();
        assertThat(viewer.believed).containsEntry(ada, "online");
    }

    @Test
    void whoHidesFromASessionIsOneQuestionHoweverManyItWatches() {
        List<UUID> users = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            users.add(Ids.next());
        }
        Viewer viewer = new Viewer(Ids.next());
        watch(viewer, users);
        assertThat(asked).as("standings and blockers").hasSize(2);
        answer(0);
        answer(0);
        watch(viewer, users.subList(0, 10));
        watch(viewer, List.of(Ids.next()));
        assertThat(asked).as("standings of somebody new").hasSize(1);
    }

    @Test
    void manySessionsAskTogetherWhileAQuestionIsUnderWay() {
        List<Viewer> many = new ArrayList<>();
        UUID ada = Ids.next();
        for (int i = 0; i < 15; i++) {
            many.add(new Viewer(Ids.next()));
            watch(many.getLast(), List.of(ada));
        }

        assertThat(asked.stream().filter(one -> one.about().equals("blockers"))).hasSize(1);
        settle();
        assertThat(many).allSatisfy(viewer -> assertThat(viewer.believed).containsEntry(ada, "offline"));
    }

    @Test
    void allSessionsTogetherMayWatchSoManyAndNotMore() {
        List<UUID> users = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            users.add(Ids.next());
        }
        Viewer one = new Viewer(Ids.next());
        Viewer two = new Viewer(Ids.next());
        Viewer three = new Viewer(Ids.next());
        watch(one, users);
        watch(two, users);

        assertThatThrownBy(() -> watch(three, users.subList(0, 1))).isInstanceOf(AppError.class);
        watchers.ended(one.session);
        watch(three, users);
        assertThat(metrics.scrape()).contains("parley_presence_watched 40.0");
        watchers.ended(two.session);
        watchers.ended(three.session);
        assertThat(metrics.scrape()).contains("parley_presence_watched 0.0");
    }
}
