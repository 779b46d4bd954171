package io.parley.features.typing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.PersistenceLab;
import io.parley.features.presence.PresenceLab;
import io.parley.features.typing.TypingActions.Room;
import io.parley.features.typing.TypingActions.Typing;
import io.parley.features.typing.TypingActions.Typist;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Typing over two nodes and a real Redis. */
class TypingIT {
    private static final Duration SOON = Duration.ofSeconds(5);

    private final PresenceLab lab = new PresenceLab(Map.of());
    private final PresenceLab.Node one = lab.node();
    private final PresenceLab.Node two = lab.node();
    private final UUID room = Ids.next();
    private final UUID ada = Ids.next();
    private final UUID bob = Ids.next();
    private final UUID eve = Ids.next();
    private final PresenceLab.Session adas = one.connect(ada, room);
    private final PresenceLab.Session adasTablet = two.connect(ada, room);
    private final PresenceLab.Session bobs = two.connect(bob, room);
    private final PresenceLab.Session eves = two.connect(eve);

    @AfterEach
    void close() {
        lab.close();
    }

    private void type(PresenceLab.Session session, boolean active) {
        session.ask("typing", "{'conversation':'" + room + "','active':" + active + "}");
    }

    /** What a session was told, such as {@code ada+} and {@code ada-}. */
    private List<String> told(PresenceLab.Session session) {
        return session.received().stream()
                .flatMap(frame -> frame.path("users").valueStream())
                .map(one ->
                        name(one.path("user").asText()) + (one.path("active").asBoolean() ? "+" : "-"))
                .toList();
    }

    private String name(String id) {
        return id.equals(ada.toString()) ? "ada" : id.equals(bob.toString()) ? "bob" : "eve";
    }

    private void untilTold(PresenceLab.Session session, String... all) {
        await().atMost(SOON).untilAsserted(() -> assertThat(told(session)).containsExactly(all));
    }

    private List<UUID> listed(UUID viewer) {
        return PersistenceLab.await(two.bus().ask(TypingActions.LIST, new Room(PersistenceLab.TENANT, room, viewer)))
                .users();
    }

    @Test
    void theOthersAreToldAndNeitherStrangersNorOnesOwnDevices() {
        type(adas, true);
        untilTold(bobs, "ada+");
        await().atMost(SOON).untilAsserted(() -> assertThat(listed(bob)).containsExactly(ada));
        assertThat(listed(ada)).isEmpty();
        type(adas, false);
        untilTold(bobs, "ada+", "ada-");
        await().atMost(SOON).untilAsserted(() -> assertThat(listed(bob)).isEmpty());

        assertThat(told(adas)).isEmpty();
        assertThat(told(adasTablet)).isEmpty();
        assertThat(told(eves)).isEmpty();
    }

    @Test
    void whoIsNotInTheConversationCannotTypeThere() {
        AppError refused =
                (AppError) PersistenceLab.await(eves.give("typing", "{'conversation':'" + room + "','active':true}")
                        .<Throwable>map(done -> null)
                        .otherwise(cause -> cause));

        assertThat(refused.code()).isEqualTo(ErrorCode.NOT_FOUND);
        await().pollDelay(Duration.ofMillis(600)).until(() -> true);
        assertThat(told(bobs)).isEmpty();
    }

    @Test
    void severalWhoTypeAtOnceAreOneFrame() {
        PresenceLab.Session watching = two.connect(eve, room);
        List<PresenceLab.Session> typing = List.of(one.connect(bob, room), one.connect(Ids.next(), room), adas);
        typing.forEach(session -> type(session, true));

        await().atMost(SOON).untilAsserted(() -> assertThat(told(watching)).hasSize(3));
        assertThat(watching.received()).hasSizeLessThan(3);
    }

    @Test
    void betweenTwoOfWhomOneHasBlockedTheOtherItIsNotTold() {
        PresenceLab.Session hers = one.connect(ada, PresenceLab.CONVERSATION);
        PresenceLab.Session his = two.connect(bob, PresenceLab.CONVERSATION);
        String typing = "{'conversation':'" + PresenceLab.CONVERSATION + "','active':true}";
        hers.ask("typing", typing);
        his.ask("typing", typing);
        untilTold(his, "ada+");
        untilTold(hers, "bob+");
        for (PresenceLab.Session session : List.of(hers, his)) {
            session.ask("typing", typing.replace("true", "false"));
        }
        untilTold(his, "ada+", "ada-");
        untilTold(hers, "bob+", "bob-");

        lab.block(ada, bob, true);
        hers.ask("typing", typing);
        his.ask("typing", typing);
        await().pollDelay(Duration.ofMillis(800)).until(() -> true);
        assertThat(told(his)).containsExactly("ada+", "ada-");
        assertThat(told(hers)).containsExactly("bob+", "bob-");

        lab.block(ada, bob, false);
        his.ask("typing", typing);
        untilTold(hers, "bob+", "bob-", "bob+");
    }

    @Test
    void itEndsByItselfAfterTenSeconds() {
        type(adas, true);
        untilTold(bobs, "ada+");

        await().atMost(Duration.ofSeconds(12))
                .untilAsserted(() -> assertThat(told(bobs)).containsExactly("ada+", "ada-"));
        assertThat(listed(bob)).isEmpty();
    }

    @Test
    void aMessageEndsItWithoutAWord() {
        type(adas, true);
        untilTold(bobs, "ada+");
        await().atMost(SOON).untilAsserted(() -> assertThat(listed(bob)).containsExactly(ada));

        adas.give("message.send", "{'conversation':'" + room + "'}");
        await().atMost(SOON).untilAsserted(() -> assertThat(listed(bob)).isEmpty());
        type(adas, true);
        untilTold(bobs, "ada+", "ada+");
    }

    @Test
    void itEndsWithTheSessionAndWhenOneTypesElsewhere() {
        UUID other = Ids.next();
        PresenceLab.Session writer = one.connect(eve, room, other);
        type(writer, true);
        untilTold(bobs, "eve+");
        writer.ask("typing", "{'conversation':'" + other + "','active':true}");
        untilTold(bobs, "eve+", "eve-");
        type(writer, true);
        untilTold(bobs, "eve+", "eve-", "eve+");
        writer.hangUp();
        untilTold(bobs, "eve+", "eve-", "eve+", "eve-");
    }

    @Test
    void whoHasNoSessionCanSayItToo() {
        Typist typist = new Typist(PersistenceLab.TENANT, room, eve);
        PersistenceLab.await(one.bus().ask(TypingActions.TYPE, new Typing(typist, true)));
        untilTold(bobs, "eve+");
        await().atMost(SOON).untilAsserted(() -> assertThat(listed(bob)).containsExactly(eve));
        PersistenceLab.await(one.bus().ask(TypingActions.TYPE, new Typing(typist, false)));
        untilTold(bobs, "eve+", "eve-");
    }

    @Test
    void whoSaysItToSeveralNodesByTurnsGoesOnTyping() {
        Typing typing = new Typing(new Typist(PersistenceLab.TENANT, room, eve), true);
        PersistenceLab.await(one.bus().ask(TypingActions.TYPE, typing));
        untilTold(bobs, "eve+");
        await().pollDelay(Duration.ofSeconds(6)).until(() -> true);
        PersistenceLab.await(two.bus().ask(TypingActions.TYPE, typing));
        untilTold(bobs, "eve+", "eve+");
        // The first node has heard nothing for ten seconds by now, the second has.
        await().pollDelay(Duration.ofSeconds(6)).until(() -> true);

        assertThat(told(bobs)).containsExactly("eve+", "eve+");
        await().atMost(Duration.ofSeconds(8))
                .untilAsserted(() -> assertThat(told(bobs)).containsExactly("eve+", "eve+", "eve-"));
    }

    @Test
    void aFloodIsFewFrames() {
        for (int i = 0; i < 2_000; i++) {
            type(adas, i % 2 == 0);
        }
        type(adas, true);
        await().atMost(SOON).untilAsserted(() -> assertThat(told(bobs)).endsWith("ada+"));

        assertThat(bobs.received()).hasSizeLessThan(25);
        List<JsonNode> seen = adas.received();
        assertThat(seen).isEmpty();
    }
}
