package io.parley.flow;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.support.Json;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.ClientState;
import io.parley.support.testing.client.ConversationState;
import io.parley.support.testing.client.ParleyClient;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.SentMessage;
import io.parley.support.testing.node.RunningNode;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Messages that change and threads, over the socket, as people with several devices see them. */
@ExtendWith(RunningNode.class)
class MessageFlowIT {
    private final Cast cast;
    private final List<Person> people;
    private final UUID group;

    MessageFlowIT(RunningNode.Site site) {
        this.cast = new Cast(site.clients(), site.operator());
        this.people = cast.people(List.of("alice", "bob", "carol"));
        this.group = cast.group(people.get(0), people.get(1), people.get(2));
    }

    @AfterEach
    void hangUp() {
        cast.close();
    }

    private static JsonNode command(ParleyClient client, String type, Map<String, ?> fields) {
        return await(client.command(type, Json.mapper().convertValue(fields, ObjectNode.class)));
    }

    private static JsonNode message(ClientState state, UUID conversation, long number) {
        ConversationState found = state.find(conversation);
        JsonNode message = found == null ? null : found.message(number);
        return message == null ? Json.mapper().missingNode() : message;
    }

    private static void until(ParleyClient client, Predicate<ClientState> condition) {
        Awaitility.await().until(() -> await(client.ask(condition::test)));
    }

    @Test
    void editsAndDeletionsReachWhoIsThereAndWhoComesBack() {
        ParleyClient alice = cast.connected(people.get(0), "phone");
        ParleyClient bob = cast.connected(people.get(1), "phone");
        ParleyClient away = cast.connected(people.get(2), "phone");
        SentMessage one = await(alice.send(group, "Helo"));
        SentMessage two = await(alice.send(group, "Oops"));
        until(away, state -> message(state, group, two.number()).has("text"));
        await(away.disconnect());

        JsonNode edited = command(
                alice,
                "message.edit",
                Map.of("conversation", group, "message", one.id(), "body", Map.of("text", "Hello")));
        command(alice, "message.delete", Map.of("conversation", group, "message", two.id()));

        assertThat(edited.get("text").asText()).isEqualTo("Hello");
        await(away.connect());
        for (ParleyClient device : List.of(alice, bob, away)) {
            until(
                    device,
                    state -> message(state, group, one.number())
                                    .path("text")
                                    .asText()
                                    .equals("Hello")
                            && message(state, group, two.number()).has("deletedAt"));
            boolean left = await(
                    device.ask(state -> message(state, group, two.number()).has("text")));
            assertThat(left).isFalse();
        }
        JsonNode edits = command(alice, "message.edits", Map.of("conversation", group, "message", one.id()));
        assertThat(edits.at("/items/0/text").asText()).isEqualTo("Helo");
    }

    @Test
    void aCommandThatIsAnOperationIsCheckedAsStrictlyAsThat() {
        ParleyClient alice = cast.connected(people.get(0), "phone");

        for (Map<String, ?> wrong : List.<Map<String, ?>>of(
                Map.of("conversation", group),
                Map.of("conversation", "x", "message", group, "body", Map.of("text", "y")),
                Map.of("conversation", group, "message", group, "body", Map.of("text", "y"), "more", 1),
                Map.of("conversation", group, "message", group, "body", Map.of("text", "y", "more", 1)),
                Map.of("conversation", group, "message", group, "body", Map.of("text", "a\u0000")),
                Map.of("conversation", group, "message", group, "body", "text"))) {
            ObjectNode fields = Json.mapper().convertValue(wrong, ObjectNode.class);
            assertThat(await(alice.command("message.edit", fields)
                            .map("taken")
                            .recover(refused -> Future.succeededFuture(refused.getMessage()))))
                    .as(wrong.toString())
                    .contains("validation_failed");
        }
    }

    @Test
    void aThreadIsSeenByItsFollowersLiveAndByTheOthersInItsMessage() {
        ParleyClient alice = cast.connected(people.get(0), "phone");
        ParleyClient bob = cast.connected(people.get(1), "phone");
        ParleyClient bobTablet = cast.connected(people.get(1), "tablet");
        ParleyClient carol = cast.connected(people.get(2), "phone");
        SentMessage root = await(alice.send(group, "What do you think?"));

        UUID thread = UUID.fromString(command(bob, "thread.open", Map.of("conversation", group, "message", root.id()))
                .get("conversation")
                .asText());
        until(alice, state -> state.find(thread) != null);
        await(bob.send(thread, "I like it"));

        for (ParleyClient follower : List.of(alice, bob, bobTablet)) {
            until(
                    follower,
                    state -> message(state, thread, 1).path("text").asText().equals("I like it"));
        }
        for (ParleyClient device : List.of(alice, bob, bobTablet, carol)) {
            until(
                    device,
                    state -> message(state, group, root.number())
                                    .at("/thread/count")
                                    .asLong()
                            == 1);
        }
        boolean unknown = await(carol.ask(state -> state.find(thread) == null));
        assertThat(unknown).isTrue();

        await(carol.send(thread, "So do I"));
        until(carol, state -> message(state, thread, 2).path("text").asText().equals("So do I"));
        JsonNode threads = command(alice, "threads.list", Map.of("unread", true));
        assertThat(threads.at("/items/0/conversation").asText()).isEqualTo(thread.toString());
        assertThat(threads.at("/items/0/unread").asLong()).isEqualTo(2);
    }

    @Test
    void whoIsMentionedInAThreadFollowsIt() {
        ParleyClient alice = cast.connected(people.get(0), "phone");
        ParleyClient carol = cast.connected(people.get(2), "phone");
        SentMessage root = await(alice.send(group, "Who knows?"));
        UUID thread = UUID.fromString(command(alice, "thread.open", Map.of("conversation", group, "message", root.id()))
                .get("conversation")
                .asText());

        await(alice.send(thread, "Perhaps @" + people.get(2).name() + " does"));

        until(carol, state -> message(state, thread, 1).has("mentions"));
        JsonNode threads = command(carol, "threads.list", Map.of());
        assertThat(threads.at("/items/0/following").asBoolean()).isTrue();
    }

    @Test
    void whoIsRemovedFromTheGroupHearsNothingOfItsThreadsAnyMore() {
        ParleyClient alice = cast.connected(people.get(0), "phone");
        ParleyClient bob = cast.connected(people.get(1), "phone");
        SentMessage root = await(alice.send(group, "Between us"));
        UUID thread = UUID.fromString(command(bob, "thread.open", Map.of("conversation", group, "message", root.id()))
                .get("conversation")
                .asText());
        await(bob.send(thread, "Yes"));
        until(alice, state -> message(state, thread, 1).has("text"));

        await(cast.api(people.get(0)).removeMember(group, people.get(1).id()));
        await(alice.send(thread, "He is gone"));

        until(bob, state -> state.find(group) == null && state.find(thread) == null);
        until(alice, state -> message(state, thread, 2).has("text"));
        assertThat(bob.history().entries().toString()).doesNotContain("He is gone");
    }

    @Test
    void aThreadGoesWithItsMessage() {
        ParleyClient alice = cast.connected(people.get(0), "phone");
        ParleyClient bob = cast.connected(people.get(1), "phone");
        SentMessage root = await(alice.send(group, "Never mind"));
        UUID thread = UUID.fromString(command(bob, "thread.open", Map.of("conversation", group, "message", root.id()))
                .get("conversation")
                .asText());
        until(alice, state -> state.find(thread) != null);

        command(alice, "message.delete", Map.of("conversation", group, "message", root.id()));

        for (ParleyClient device : List.of(alice, bob)) {
            until(device, state -> state.find(thread) == null);
        }
    }
}
