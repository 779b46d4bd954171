package io.parley.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.bus.Frame;
import io.parley.bus.Nothing;
import io.parley.bus.PresenceFrame;
import io.parley.server.auth.Principal;
import io.parley.support.testing.NoLimits;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What features hear of sessions, and the events that sessions may go without. */
class SessionListenerTest {
    private static final UUID ROOM = new UUID(0, 100);
    private static final UUID ADA = new UUID(0, 11);
    private static final UUID BOB = new UUID(0, 12);

    private final Lab lab = new Lab(1);
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final CommandRouter router = new CommandRouter(NoLimits.limits());

    private record Empty() {}

    private final class Ears implements SessionListener {
        @Override
        public void began(Caller session) {
            heard.add("began " + name(session));
        }

        @Override
        public void commanded(Caller session, String command, ObjectNode fields) {
            heard.add(command + " " + fields.path("x").asText());
        }

        @Override
        public void ended(Caller session) {
            heard.add("ended " + name(session));
        }

        @Override
        public void left(Caller session, UUID conversation) {
            heard.add(name(session) + " left " + session.isIn(conversation));
        }

        @Override
        public void asked(Frame frame) {
            heard.add("asked " + frame.bytes());
        }

        @Override
        public void presence(PresenceFrame frame) {
            heard.add("presence");
            throw new IllegalStateException("a defect");
        }

        private String name(Caller session) {
            return session.principal().user().equals(ADA) ? "ada" : "bob";
        }
    }

    @BeforeEach
    void listen() {
        router.listen(new Ears());
        router.listen(new Ears());
        lab.loops.getFirst().listen(router.listeners());
    }

    @AfterEach
    void stop() {
        lab.close();
    }

    @Test
    void allHearOfTheBeginningAndTheEnd() {
        Lab.Guest ada = lab.guest(0).in(ADA, 0, ROOM);
        ada.leave();
        ada.leave();

        assertThat(heard).containsExactly("began ada", "began ada", "ended ada", "ended ada");
    }

    @Test
    void nothingIsHeardOfASessionThatEndsBeforeItBegins() {
        Lab.Guest ada = lab.guest(0);
        lab.onLoop(0, () -> {
            ada.session.enter(new Principal(Lab.TENANT, ADA, Instant.MAX), null);
            ada.session.end();
            ada.session.begin();
        });

        assertThat(heard).isEmpty();
    }

    @Test
    void commandsAreHeardOfBeforeTheyAreRunAndOnlyThoseThatExist() {
        Lab.Guest ada = lab.guest(0).in(ADA, 0, ROOM);
        heard.clear();
        router.command("greet", Empty.class, (caller, nothing) -> {
            heard.add("run");
            return Future.succeededFuture(Nothing.NOTHING);
        });
        router.run(ada.session, "greet", JsonNodeFactory.instance.objectNode());
        router.run(ada.session, "nonsense", JsonNodeFactory.instance.objectNode());

        assertThat(heard).containsExactly("greet ", "greet ", "run");
    }

    @Test
    void presenceFromTheBusReachesEveryListenerWhateverOneDoes() {
        lab.vertx.runOnContext(ignored -> lab.bus.events().publish(new PresenceFrame(List.of())));
        await().untilAsserted(() -> assertThat(heard).containsExactly("presence", "presence"));
    }

    @Test
    void aPassingFrameIsNotForWhomItIsAboutNorForTheSlow() {
        Lab.Guest ada = lab.guest(0).in(ADA, 5, ROOM);
        Lab.Guest bob = lab.guest(0).in(BOB, 5, ROOM);
        Lab.Guest slow = lab.guest(0).in(BOB, 5, ROOM);
        slow.wire.stopReading();
        Buffer large = Buffer.buffer("x".repeat(lab.config.session().outboundBytes() / 2));
        lab.loops.getFirst().deliver(Frame.of(ROOM, 6, 1, large, 0));
        lab.settle();
        int before = slow.received().size();

        lab.loops.getFirst().deliver(Frame.passing(ROOM, ADA, Buffer.buffer("typing")));
        lab.loops.getFirst().deliver(Frame.passing(ROOM, null, Buffer.buffer("all")));
        lab.settle();

        assertThat(ada.received()).endsWith("all").doesNotContain("typing");
        assertThat(bob.received()).endsWith("typing", "all");
        assertThat(slow.received()).hasSize(before);
        assertThat(slow.closed).isEmpty();
    }

    @Test
    void whatWasAskedForIsHeardByListenersAndGoesToNobodyByItself() {
        Lab.Guest ada = lab.guest(0).in(ADA, 5, ROOM);
        heard.clear();

        lab.loops.getFirst().deliver(Frame.asked(ROOM, Buffer.buffer("viewing")));
        lab.settle();

        assertThat(heard).containsExactly("asked viewing", "asked viewing");
        assertThat(ada.received()).doesNotContain("viewing");
    }

    @Test
    void leavingIsHeardOnceOfEachSessionThatGoesOn() {
        lab.guest(0).in(ADA, 5, ROOM);
        lab.guest(0).in(BOB, 5, ROOM);
        heard.clear();

        for (long version = 6; version < 8; version++) {
            lab.loops
                    .getFirst()
                    .deliver(new Frame(ROOM, version, 1, List.of(), List.of(ADA), Buffer.buffer("left"), 0));
        }
        lab.settle();
        assertThat(heard).containsExactly("ada left false", "ada left false");

        lab.loops.getFirst().deliver(Frame.ending(ROOM, 8, 1, Buffer.buffer("end")));
        lab.settle();
        assertThat(heard).endsWith("bob left false", "bob left false").hasSize(4);
    }

    @Test
    void aSessionKnowsWhereItIs() {
        Lab.Guest ada = lab.guest(0).in(ADA, 0, ROOM);
        boolean in = lab.onLoop(0, () -> ada.session.isIn(ROOM));
        boolean elsewhere = lab.onLoop(0, () -> ada.session.isIn(ADA));

        assertThat(List.of(in, elsewhere)).containsExactly(true, false);
    }
}
