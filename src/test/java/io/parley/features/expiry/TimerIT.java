package io.parley.features.expiry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.GroupLab;
import io.parley.features.PersistenceLab;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How long a message may be read: what its sender says, what the conversation's timer says, and who sets it. */
class TimerIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab(ExpiryLab::features);

    private final ExpiryLab lab = new ExpiryLab(LAB);
    private final UUID owner = LAB.person();
    private final UUID ada = LAB.person();
    private final UUID bob = LAB.person();
    private final UUID stranger = LAB.person();
    private final UUID room = lab.groups.group(owner, ada, bob);

    private JsonNode timer(UUID actor, UUID conversation, int seconds) {
        return lab.groups.update(actor, conversation, "{\"disappearAfter\": " + seconds + "}");
    }

    private ErrorCode timerRefused(UUID actor, UUID conversation, int seconds) {
        return lab.refused(
                actor, "updateConversation", GroupLab.in(conversation), "{\"disappearAfter\": " + seconds + "}");
    }

    private static long lifetime(JsonNode message) {
        return Duration.between(
                        Instant.parse(message.get("createdAt").asText()),
                        Instant.parse(message.get("expiresAt").asText()))
                .toSeconds();
    }

    @Test
    void aMessageSaysItselfForHowLongAndEverybodySeesWhenItDisappears() {
        JsonNode said = lab.say(ada, room, "Soon gone", 60);

        assertThat(lifetime(said)).isEqualTo(60);
        assertThat(lab.read(bob, room, said)).isEqualTo(said);
        assertThat(lab.lastEvent(room).get("message")).isEqualTo(said);
        assertThat(lab.say(ada, room, "Stays", null).has("expiresAt")).isFalse();
    }

    @Test
    void theShorterOfBothHolds() {
        timer(owner, room, 3_600);

        assertThat(lifetime(lab.say(ada, room, "As all", null))).isEqualTo(3_600);
        assertThat(lifetime(lab.say(ada, room, "Sooner", 60))).isEqualTo(60);
        assertThat(lifetime(lab.say(ada, room, "Not later", 86_400))).isEqualTo(3_600);
    }

    @Test
    void theTimerHoldsForWhatIsSentAfterItWasSet() {
        JsonNode before = lab.say(ada, room, "Before", null);
        timer(owner, room, 60);
        JsonNode during = lab.say(ada, room, "During", null);
        timer(owner, room, 0);
        JsonNode after = lab.say(ada, room, "After", null);

        assertThat(lab.read(bob, room, before).has("expiresAt")).isFalse();
        assertThat(lifetime(lab.read(bob, room, during))).isEqualTo(60);
        assertThat(lab.read(bob, room, after).has("expiresAt")).isFalse();
    }

    @Test
    void itHoldsInThreadsToo() {
        JsonNode root = lab.say(ada, room, "Root", null);
        JsonNode thread = lab.ask(ada, "openThread", ExpiryLab.of(room, root), "", "Thread");
        UUID id = UUID.fromString(thread.get("conversation").asText());
        timer(owner, room, 60);

        assertThat(lifetime(lab.say(bob, id, "Reply", null))).isEqualTo(60);
        assertThat(lab.groups.conversation(ada, room).get("disappearAfter").asInt())
                .isEqualTo(60);
    }

    @Test
    void aSystemMessageAndAnEventTellOfItAndStay() {
        timer(owner, room, 3_600);

        List<JsonNode> events =
                LAB.frames(room).stream().map(LAB::content).toList().reversed();
        assertThat(events.get(0).at("/message/system/event").asText()).isEqualTo("timer_changed");
        assertThat(events.get(0).at("/message/system/disappearAfter").asInt()).isEqualTo(3_600);
        assertThat(events.get(0).at("/message/system/actor").asText()).isEqualTo(owner.toString());
        assertThat(events.get(0).get("message").has("expiresAt")).isFalse();
        assertThat(events.get(1).get("type").asText()).isEqualTo("conversation.updated");
        assertThat(events.get(1).get("data").toString()).isEqualTo("{\"disappearAfter\":3600}");
        long version = lab.groups.conversation(owner, room).get("lastVersion").asLong();

        timer(owner, room, 3_600);

        assertThat(lab.groups.conversation(owner, room).get("lastVersion").asLong())
                .isEqualTo(version);
        timer(owner, room, 0);
        assertThat(lab.lastEvent(room).at("/message/system/disappearAfter").asInt(-1))
                .isZero();
    }

    @Test
    void inAGroupThoseSetItWhoMayChangeSettings() {
        assertThat(timerRefused(ada, room, 60)).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(timerRefused(stranger, room, 60)).isEqualTo(ErrorCode.NOT_FOUND);
        lab.groups.update(owner, room, "{\"permissions\": {\"edit_settings\": \"member\"}}");
        assertThat(timer(ada, room, 60).get("disappearAfter").asInt()).isEqualTo(60);
    }

    @Test
    void inADirectConversationBothSetItButNothingElse() {
        UUID direct = lab.direct(ada, bob);

        assertThat(timer(ada, direct, 60).get("disappearAfter").asInt()).isEqualTo(60);
        assertThat(timer(bob, direct, 120).get("disappearAfter").asInt()).isEqualTo(120);
        assertThat(lifetime(lab.say(ada, direct, "To you", null))).isEqualTo(120);
        assertThat(timerRefused(stranger, direct, 60)).isEqualTo(ErrorCode.NOT_FOUND);
        String both = "{\"disappearAfter\": 60, \"topic\": \"Us\"}";
        assertThat(lab.refused(ada, "updateConversation", GroupLab.in(direct), both))
                .isEqualTo(ErrorCode.FORBIDDEN);
    }

    @Test
    void whoIsBlockedDoesNotSetIt() {
        UUID direct = lab.direct(ada, bob);
        LAB.update(
                "UPDATE members SET silenced_until = 'infinity' WHERE conversation_id = ? AND user_id = ?",
                direct,
                bob);

        assertThat(timerRefused(bob, direct, 60)).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(timer(ada, direct, 60).get("disappearAfter").asInt()).isEqualTo(60);
    }

    @Test
    void thereAreBounds() {
        for (int seconds : List.of(9, 31_536_001)) {
            assertThat(timerRefused(owner, room, seconds)).isEqualTo(ErrorCode.VALIDATION_FAILED);
            String body = "{\"type\": \"text\", \"text\": \"No\", \"disappearAfter\": " + seconds + "}";
            assertThat(lab.refused(ada, "sendMessage", GroupLab.in(room), body)).isEqualTo(ErrorCode.VALIDATION_FAILED);
            String made =
                    "{\"type\": \"group\", \"name\": \"New\", \"members\": [], \"disappearAfter\": " + seconds + "}";
            assertThat(lab.refused(ada, "createConversation", Map.of(), made)).isEqualTo(ErrorCode.VALIDATION_FAILED);
        }
        timer(owner, room, 10);
        timer(owner, room, 31_536_000);
    }

    @Test
    void aGroupMayBeginWithATimer() {
        UUID made = lab.groups.group(owner, "\"name\": \"Brief\", \"disappearAfter\": 60", ada);

        assertThat(lab.groups.conversation(ada, made).get("disappearAfter").asInt())
                .isEqualTo(60);
        assertThat(lifetime(lab.say(ada, made, "Brief", null))).isEqualTo(60);
    }

    @Test
    void sendingAgainGivesTheSameTime() {
        String fields =
                "\"id\": \"" + Ids.next() + "\", \"type\": \"text\", \"text\": \"Once\", \"disappearAfter\": 60";

        JsonNode first = lab.send(ada, room, fields);

        assertThat(lab.send(ada, room, fields)).isEqualTo(first);
        assertThat(lab.refused(ada, "sendMessage", GroupLab.in(room), "{" + fields.replace(": 60", ": 61") + "}"))
                .isEqualTo(ErrorCode.CONFLICT);
    }
}
