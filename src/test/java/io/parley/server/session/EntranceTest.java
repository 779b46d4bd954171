package io.parley.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.groups.Tuple.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.ContractSchemas;
import io.parley.bus.Frame;
import io.parley.server.auth.Device;
import io.parley.server.auth.Origin;
import io.parley.server.auth.Principal;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EntranceTest {
    private static final UUID ADA = new UUID(0, 11);
    private static final UUID ROOM = new UUID(0, 100);
    private static final UUID OTHER = new UUID(0, 101);
    private static final UUID EPOCH = Lab.EPOCH;
    private static final Origin ORIGIN = Origin.login(new UUID(0, 21));
    private static final Device DEVICE = new Device("d1", "android", "Phone", null);

    private final Lab lab = new Lab(1);
    private final Lab.Guest guest = lab.guest(0);
    private final List<HubActions.HeadsOf> asked = new CopyOnWriteArrayList<>();
    private final Queue<Runnable> whileHeadsAreRead = new ArrayDeque<>();
    private volatile List<UUID> memberships = List.of(ROOM);
    private volatile HubActions.AccountHeads heads = account(3, head(ROOM, 5));
    private volatile boolean open = true;

    private static HubActions.Head head(UUID conversation, long version) {
        return new HubActions.Head(conversation, version, version, 0, null, true, 0);
    }

    private static HubActions.AccountHeads account(long userVersion, HubActions.Head... heads) {
        return new HubActions.AccountHeads(true, userVersion, List.of(heads), List.of(), List.of(), true);
    }

    @BeforeEach
    void start() {
        lab.answer(
                HubActions.MEMBERSHIPS,
                people -> Future.succeededFuture(new HubActions.MembershipLists(people.people().stream()
                        .map(person -> new HubActions.Rooms(memberships, List.of()))
                        .toList())));
        lab.answer(HubActions.HEADS, people -> {
            asked.addAll(people.people());
            HubActions.AccountHeads snapshot = heads;
            Runnable meanwhile = whileHeadsAreRead.poll();
            if (meanwhile != null) {
                meanwhile.run();
            }
            Promise<HubActions.HeadLists> answer = Promise.promise();
            // Whatever was published meanwhile has reached the session before the answer does.
            lab.vertx.setTimer(
                    20,
                    ignored -> answer.complete(new HubActions.HeadLists(
                            EPOCH,
                            50,
                            people.people().stream().map(person -> snapshot).toList())));
            return answer.future();
        });
    }

    @AfterEach
    void stop() {
        lab.close();
    }

    private Future<Principal> authenticate(String token) {
        return token.equals("good")
                ? Future.succeededFuture(new Principal(Lab.TENANT, ADA, ORIGIN, DEVICE, Instant.MAX))
                : Future.failedFuture(AppError.of(ErrorCode.UNAUTHENTICATED));
    }

    private void hello(String fields) {
        Entrance entrance =
                new Entrance(lab.loops.getFirst(), lab.hub, lab.bus, new TokenBook(this::authenticate), lab.config);
        ObjectNode command = (ObjectNode) Json.parse(fields.getBytes(StandardCharsets.UTF_8));
        Lab.await(lab.onLoop(0, () -> entrance.admit(guest.session, "1", command, () -> {}, () -> open)));
        lab.settle();
    }

    private void hello() {
        hello("{\"token\":\"good\"}");
    }

    private AppError refusal(String fields) {
        return catchThrowableOfType(AppError.class, () -> hello(fields));
    }

    private JsonNode frame(int index) {
        return Json.parse(guest.received().get(index).getBytes(StandardCharsets.UTF_8));
    }

    private void publish(long... versions) {
        for (long version : versions) {
            lab.bus.events().publish(Lab.event(ROOM, version));
        }
    }

    /** The hub knows already where the room is, so that events reach the session before its heads do. */
    private void roomOfOthers() {
        lab.guest(0).in(new UUID(0, 12), 5, ROOM);
        lab.onHub(parts -> parts.conversations().startAt(ROOM, 5));
    }

    private List<String> events() {
        return guest.received().subList(1, guest.received().size());
    }

    @Test
    void readyTellsEverythingAndFitsTheContract() {
        hello();

        assertThat(ContractSchemas.asyncApi().errors("/components/messages/reply.ready/payload", frame(0)))
                .isEmpty();
        assertThat(frame(0).at("/changed/0/lastVersion").asLong()).isEqualTo(5);
        assertThat(frame(0).get("userVersion").asLong()).isEqualTo(3);
        assertThat(frame(0).get("complete").asBoolean()).isTrue();
        assertThat(Cursor.decode(frame(0).get("cursor").asText())).isEqualTo(new HubActions.Position(EPOCH, 3, 50));
    }

    @Test
    void whatHappensMeanwhileFollowsReadyOnceAndInOrder() {
        whileHeadsAreRead.add(() -> {
            publish(4, 5, 6, 7);
            lab.bus.events().publish(Lab.personal(ADA, 3));
            lab.bus.events().publish(Lab.personal(ADA, 4));
        });

        hello();
        publish(8);
        lab.settle();

        assertThat(events()).containsExactlyInAnyOrder("e6", "e7", "p4", "e8");
        assertThat(events()).containsSubsequence("e6", "e7", "e8");
    }

    @Test
    void aConversationGainedWhileTheHeadsAreReadIsEnteredToo() {
        whileHeadsAreRead.add(() -> {});
        whileHeadsAreRead.add(() -> lab.bus.events().publish(Lab.event(OTHER, 10)));
        heads = account(3, head(ROOM, 5), head(OTHER, 9));

        hello();

        assertThat(asked).hasSize(2);
        assertThat(frame(0).get("changed")).hasSize(2);
        assertThat(events()).containsExactly("e10");
    }

    @Test
    void whoJoinsWhileTheHeadsAreReadHearsFromThatVersionOn() {
        whileHeadsAreRead.add(() -> lab.bus.events().publish(Lab.event(OTHER, 9, List.of(ADA), List.of())));

        hello();
        lab.bus.events().publish(Lab.event(OTHER, 10));
        lab.settle();

        assertThat(events()).containsExactly("e9", "e10");
    }

    @Test
    void aConversationMadeWhileTheHeadsAreReadIsHeardFromItsBeginning() {
        whileHeadsAreRead.add(() -> lab.bus.events().publish(Lab.event(OTHER, 1, List.of(ADA), List.of())));

        hello();
        lab.bus.events().publish(Lab.event(OTHER, 2));
        lab.settle();

        assertThat(events()).containsExactly("e1", "e2");
    }

    @Test
    void whoLeavesWhileTheHeadsAreReadHearsNothingMore() {
        whileHeadsAreRead.add(() -> lab.bus.events().publish(Lab.event(ROOM, 6, List.of(), List.of(ADA))));

        hello();
        publish(7);
        lab.settle();

        assertThat(events()).isEmpty();
    }

    @Test
    void whoLeavesARoomOfOthersWhileTheHeadsAreReadIsNotToldOfIt() {
        roomOfOthers();
        whileHeadsAreRead.add(() -> {
            lab.bus.events().publish(Lab.event(ROOM, 6, List.of(), List.of(ADA)));
            heads = account(4);
        });

        hello();
        publish(7);
        lab.settle();

        assertThat(frame(0).get("changed")).isEmpty();
        assertThat(events()).isEmpty();
    }

    @Test
    void aMembershipThatEndedBeforeTheHeadsWereReadIsLeft() {
        memberships = List.of(ROOM, OTHER);

        hello();
        lab.bus.events().publish(Lab.event(OTHER, 1));
        lab.settle();

        assertThat(frame(0).get("changed")).hasSize(1);
        assertThat(events()).isEmpty();
    }

    @Test
    void whoComesBackIsToldOnlyWhatHasChangedAndWhatHeHasLost() {
        heads = new HubActions.AccountHeads(
                true,
                3,
                List.of(head(ROOM, 5), new HubActions.Head(OTHER, 2, 2, 2, null, false, 0)),
                List.of(new HubActions.Lost(new UUID(0, 102), 7)),
                List.of("stars"),
                true);
        HubActions.Position since = new HubActions.Position(EPOCH, 2, 40);

        hello("{\"token\":\"good\",\"cursor\":\"" + Cursor.encode(since) + "\"}");

        assertThat(asked.getFirst().since()).isEqualTo(since);
        assertThat(frame(0).get("changed")).hasSize(2);
        assertThat(frame(0).at("/changed/1/removed").asBoolean()).isTrue();
        assertThat(frame(0).at("/lists/0").asText()).isEqualTo("stars");
    }

    @Test
    void manyConversationsComeInSeveralFrames() {
        List<HubActions.Head> many =
                IntStream.range(0, 1_001).mapToObj(i -> head(new UUID(5, i), 1)).toList();
        memberships = many.stream().map(HubActions.Head::conversation).toList();
        heads = new HubActions.AccountHeads(true, 3, many, List.of(), List.of(), true);

        hello();

        assertThat(guest.received()).hasSize(3);
        assertThat(List.of(frame(0), frame(1), frame(2)))
                .extracting(
                        frame -> frame.get("changed").size(),
                        frame -> frame.get("complete").asBoolean())
                .containsExactly(tuple(500, false), tuple(500, false), tuple(1, true));
        assertThat(ContractSchemas.asyncApi().errors("/components/messages/control.changed/payload", frame(2)))
                .isEmpty();
    }

    @Test
    void whoAsksForBatchesGetsThem() {
        roomOfOthers();
        whileHeadsAreRead.add(() ->
                lab.bus.events().publish(new Frame(ROOM, 6, 6, List.of(), List.of(), Buffer.buffer("{\"n\":6}"), 0)));

        hello("{\"token\":\"good\",\"batch\":true}");

        assertThat(guest.received()).hasSize(1);
        assertThat(frame(0)).hasSize(2);
    }

    @Test
    void aBadTokenEntersNothing() {
        assertThat(refusal("{\"token\":\"bad\"}").code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
        assertThat(refusal("{\"token\":\"good\",\"cursor\":\"made up\"}").errors())
                .extracting(AppError.FieldError::field)
                .containsExactly("cursor");
        assertThat(refusal("{\"token\":\"good\",\"protocol\":2}").errors())
                .extracting(AppError.FieldError::field)
                .containsExactly("protocol");
        lab.onHub(parts -> assertThat(parts.people().present(ADA)).isFalse());
    }

    @Test
    void anAccountThatIsNotActiveIsTurnedAway() {
        heads = new HubActions.AccountHeads(false, 3, List.of(), List.of(), List.of(), true);

        assertThat(refusal("{\"token\":\"good\"}").code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
        assertThat(guest.received()).isEmpty();
    }

    /** What has ended before this is seen there, and what ends after it is heard of. */
    @Test
    void theHeadsAreAskedForWithTheOriginOfTheToken() {
        hello();

        assertThat(asked).extracting(HubActions.HeadsOf::origin).containsExactly(ORIGIN);
    }

    @Test
    void whatIsSaidOfTheDeviceGoesOverWhatWasKnown() {
        hello("{\"token\":\"good\",\"device\":{\"name\":\"My phone\",\"appVersion\":\"2.0\"}}");

        assertThat(guest.session.device()).isEqualTo(new Device("d1", "android", "My phone", "2.0"));
    }

    @Test
    void whoSaysNothingOfTheDeviceIsOnTheOneThatIsKnown() {
        hello();

        assertThat(guest.session.device()).isEqualTo(DEVICE);
    }

    @Test
    void whatIsNoNameOfADeviceIsRefused() {
        for (String field : List.of("id", "platform", "name", "appVersion")) {
            for (String text : List.of("x".repeat(101), "nul \\u0000", "\\ud800")) {
                assertThat(refusal("{\"token\":\"good\",\"device\":{\"" + field + "\":\"" + text + "\"}}")
                                .errors())
                        .extracting(AppError.FieldError::field)
                        .containsExactly("device." + field);
            }
        }
        assertThat(refusal("{\"token\":\"good\",\"device\":{\"os\":\"x\"}}").errors())
                .extracting(AppError.FieldError::field)
                .containsExactly("device.os");
    }

    @Test
    void aConnectionThatEndsMeanwhileGetsNoFurther() {
        memberships = List.of();
        whileHeadsAreRead.add(() -> {
            open = false;
            lab.context(0).runOnContext(ignored -> guest.session.end());
        });

        assertThat(refusal("{\"token\":\"good\"}").code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(guest.received()).isEmpty();
    }

    /** Events came before the others' position was known, and were not delivered here. */
    @Test
    void whoHasAnOlderStateThanOthersBeganWithReadsItAgain() {
        whileHeadsAreRead.add(() -> {
            lab.hub.tell(parts -> parts.conversations().startAt(ROOM, 7));
            heads = account(3, head(ROOM, 8));
        });

        hello();
        publish(8, 9);
        lab.settle();

        assertThat(asked).hasSize(2);
        assertThat(frame(0).at("/changed/0/lastVersion").asLong()).isEqualTo(8);
        assertThat(events()).containsExactly("e9");
    }

    @Test
    void aMembershipThatEndedBeforeTheHeadsWereReadIsNotEnteredByALateEvent() {
        hello();

        lab.bus.events().publish(joining(OTHER, 1, 3));
        lab.settle();

        assertThat(events()).isEmpty();
    }

    private static Frame joining(UUID conversation, long version, long userVersion) {
        return new Frame(
                conversation,
                version,
                version,
                List.of(new Frame.Joining(ADA, userVersion)),
                List.of(),
                Buffer.buffer("e" + version),
                0);
    }

    /** He was read as a member, had left before anybody listened for him, and came back after the heads were read. */
    @Test
    void whatWasHeldFromBetweenTwoMembershipsIsDropped() {
        roomOfOthers();
        heads = account(4);
        whileHeadsAreRead.add(() -> {
            publish(6);
            lab.bus.events().publish(joining(ROOM, 7, 5));
        });

        hello();

        assertThat(events()).containsExactly("e7");
    }

    @Test
    void aPersonWhoseConversationsNeverStandStillIsAskedToComeAgain() {
        for (int round = 0; round < 5; round++) {
            UUID next = new UUID(1, round);
            whileHeadsAreRead.add(() -> heads = account(3, head(next, 1)));
        }
        heads = account(3, head(new UUID(1, 9), 1));

        assertThat(refusal("{\"token\":\"good\"}").code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(guest.received()).isEmpty();
    }

    /** What is held may never arrive: the fence of the loop is not for a client that has only read {@code ready}. */
    @Test
    void theCursorOfReadyIsThatOfItsSnapshot() {
        whileHeadsAreRead.add(() -> {
            publish(6);
            lab.loops.getFirst().complete(99);
        });

        hello();

        assertThat(Cursor.decode(frame(0).get("cursor").asText())).isEqualTo(new HubActions.Position(EPOCH, 3, 50));
    }
}
