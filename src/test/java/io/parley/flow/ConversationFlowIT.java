package io.parley.flow;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.Ids;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.ClientSettings;
import io.parley.support.testing.client.ClientState;
import io.parley.support.testing.client.ConversationState;
import io.parley.support.testing.client.ParleyClient;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.PersonApi;
import io.parley.support.testing.client.SentMessage;
import io.parley.support.testing.node.RunningNode;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RunningNode.class)
class ConversationFlowIT {
    private final Cast cast;

    ConversationFlowIT(RunningNode.Site site) {
        this.cast = new Cast(site.clients(), site.operator());
    }

    @AfterEach
    void hangUp() {
        cast.close();
    }

    @Test
    void twoPeopleRegisterAndTalk() {
        Person alice = cast.registered("alice");
        Person bob = cast.registered("bob");
        JsonNode direct = await(cast.api(alice).direct(bob.id()));
        UUID conversation = UUID.fromString(direct.path("id").asText());
        ParleyClient alicePhone = cast.connected(alice, "phone");
        ParleyClient bobPhone = cast.connected(bob, "phone");

        SentMessage hello = await(alicePhone.send(conversation, "Hello Bob"));
        SentMessage answer = await(bobPhone.send(conversation, "Hello Alice"));

        assertThat(List.of(hello.number(), answer.number())).containsExactly(1L, 2L);
        for (ParleyClient device : List.of(alicePhone, bobPhone)) {
            until(device, state -> texts(state, conversation).equals(List.of("Hello Bob", "Hello Alice")));
        }
        JsonNode fromBob = await(cast.api(bob).direct(alice.id()));
        assertThat(fromBob.path("id")).isEqualTo(direct.path("id"));
    }

    @Test
    void aConversationMadeWhileConnectedIsThereAtOnce() {
        List<Person> people = cast.people(List.of("alice", "bob", "carol"));
        ParleyClient bobPhone = cast.connected(people.get(1), "phone");

        UUID group = cast.group(people.get(0), people.get(1), people.get(2));

        until(
                bobPhone,
                state -> state.find(group) != null && members(state, group).size() == 3);
        await(cast.api(people.get(2)).send(group, UUID.randomUUID(), "By REST"));
        until(bobPhone, state -> texts(state, group).equals(List.of("By REST")));
    }

    @Test
    void whoWasAwayHasEverythingAfterComingBack() {
        List<Person> people = cast.people(List.of("alice", "bob"));
        UUID group = cast.group(people.get(0), people.get(1));
        ParleyClient alice = cast.connected(people.get(0), "phone");
        ParleyClient bob = cast.connected(people.get(1), "phone");
        ParleyClient bobWithoutCursor = cast.device(
                people.get(1),
                ClientSettings.device("forgetful").withCursor(false).withBatch(false));
        await(bobWithoutCursor.connect());
        await(alice.send(group, "before"));
        until(bob, state -> texts(state, group).equals(List.of("before")));
        await(bob.disconnect());
        await(bobWithoutCursor.disconnect());

        UUID madeMeanwhile = cast.group(people.get(0), people.get(1));
        for (int i = 0; i < 250; i++) {
            alice.send(group, "meanwhile " + i);
        }
        await(alice.send(madeMeanwhile, "a new place"));
        until(alice, state -> texts(state, group).size() == 251);
        await(bob.connect());
        await(bobWithoutCursor.connect());

        for (ParleyClient device : List.of(bob, bobWithoutCursor)) {
            until(device, state -> texts(state, group).size() == 251);
            until(device, state -> texts(state, madeMeanwhile).equals(List.of("a new place")));
        }
        await(alice.send(group, "after"));
        until(bob, state -> texts(state, group).getLast().equals("after"));
        List<String> seenByAlice = await(alice.ask(state -> texts(state, group)));
        List<String> seenByBob = await(bob.ask(state -> texts(state, group)));
        assertThat(seenByBob).isEqualTo(seenByAlice);
    }

    @Test
    void membersComeAndGoLive() {
        List<Person> people = cast.people(List.of("alice", "bob", "carol"));
        Person carol = people.get(2);
        UUID group = cast.group(people.get(0), people.get(1));
        ParleyClient bobPhone = cast.connected(people.get(1), "phone");
        ParleyClient carolPhone = cast.connected(carol, "phone");
        ParleyClient carolTablet = cast.connected(carol, "tablet");
        await(cast.api(people.get(0)).send(group, UUID.randomUUID(), "Carol is not here yet"));

        await(cast.api(people.get(0)).addMembers(group, List.of(carol.id())));
        for (ParleyClient device : List.of(carolPhone, carolTablet)) {
            until(device, state -> texts(state, group).contains("Carol is not here yet"));
        }
        until(bobPhone, state -> members(state, group).contains(carol.id()));
        await(carolPhone.send(group, "Here I am"));
        until(bobPhone, state -> texts(state, group).contains("Here I am"));

        await(carolTablet.disconnect());
        await(cast.api(people.get(0)).removeMember(group, carol.id()));
        until(carolPhone, state -> state.find(group) == null);
        until(bobPhone, state -> !members(state, group).contains(carol.id()));
        await(cast.api(people.get(0)).send(group, UUID.randomUUID(), "Carol is gone"));
        until(bobPhone, state -> texts(state, group).contains("Carol is gone"));

        await(carolTablet.connect());
        until(carolTablet, state -> state.find(group) == null);
        assertThat(failure(cast.api(carol).history(group))).contains("not_found");
        assertThat(failure(carolPhone.send(group, "Am I?"))).contains("not_found");
        assertThat(carolPhone.history().entries().toString()).doesNotContain("Carol is gone");
    }

    @Test
    void whoJoinsASinceJoinGroupDoesNotSeeWhatWasBefore() {
        List<Person> people = cast.people(List.of("alice", "bob", "carol"));
        Person carol = people.get(2);
        UUID group = cast.group(people.get(0), "since_join", people.get(1));
        ParleyClient carolPhone = cast.connected(carol, "phone");
        ParleyClient alicePhone = cast.connected(people.get(0), "phone");

        await(alicePhone.send(group, "secret"));
        await(cast.api(people.get(0)).addMembers(group, List.of(carol.id())));
        await(alicePhone.send(group, "welcome"));

        until(carolPhone, state -> texts(state, group).equals(List.of("welcome")));
        List<JsonNode> history = await(cast.api(carol).history(group));
        assertThat(history.toString()).contains("welcome").doesNotContain("secret");
    }

    @Test
    void whoWasInASinceJoinGroupTwiceSeesBothTimesAndNothingBetween() {
        List<Person> people = cast.people(List.of("alice", "bob", "carol"));
        Person carol = people.get(2);
        UUID group = cast.group(people.get(0), "since_join", people.get(1));
        PersonApi alice = cast.api(people.get(0));
        for (String text : List.of("before", "first", "between", "second")) {
            if (!text.equals("before")) {
                await(
                        text.equals("between")
                                ? alice.removeMember(group, carol.id())
                                : alice.addMembers(group, List.of(carol.id())).mapEmpty());
            }
            for (int i = 1; i <= 3; i++) {
                await(alice.send(group, Ids.next(), text + i));
            }
        }
        List<String> visible = List.of("first1", "first2", "first3", "second1", "second2", "second3");

        assertThat(read(carol, group, "after", "0")).isEqualTo(visible);
        assertThat(read(carol, group, "before", "1000000")).isEqualTo(visible.reversed());
    }

    /** The texts of the history in steps of two, in the order in which they come. */
    private List<String> read(Person person, UUID group, String direction, String from) {
        List<String> texts = new ArrayList<>();
        for (String next = from; next != null; ) {
            JsonNode page = await(cast.api(person)
                            .call(
                                    HttpMethod.GET,
                                    "/conversations/" + group + "/messages?limit=2&" + direction + "=" + next,
                                    null))
                    .body();
            List<String> found = new ArrayList<>();
            page.path("items").forEach(message -> {
                if (message.path("type").asText().equals("text")) {
                    found.add(message.path("text").asText());
                }
            });
            texts.addAll(direction.equals("after") ? found : found.reversed());
            next = page.path("next").textValue();
        }
        return texts;
    }

    @Test
    void readOnOneDeviceIsReadOnTheOther() {
        List<Person> people = cast.people(List.of("alice", "bob"));
        Person bob = people.get(1);
        UUID group = cast.group(people.get(0), bob);
        ParleyClient alicePhone = cast.connected(people.get(0), "phone");
        ParleyClient bobPhone = cast.connected(bob, "phone");
        ParleyClient bobTablet = cast.connected(bob, "tablet");
        for (int i = 1; i <= 5; i++) {
            await(alicePhone.send(group, "message " + i));
        }
        for (ParleyClient device : List.of(bobPhone, bobTablet)) {
            until(device, state -> unread(state, group, bob) == 5);
        }
        assertThat(unreadByRest(bob, group)).isEqualTo(5);

        await(bobPhone.read(group, 3));

        until(bobTablet, state -> unread(state, group, bob) == 2);
        until(bobPhone, state -> unread(state, group, bob) == 2);
        until(alicePhone, state -> state.readMarks(group).getOrDefault(bob.id(), 0L) == 3);
        assertThat(unreadByRest(bob, group)).isEqualTo(2);

        await(bobTablet.read(group, 2));
        await(bobPhone.send(group, "my own does not count"));
        assertThat(unreadByRest(bob, group)).isEqualTo(2);
        await(bobPhone.read(group, 1_000_000));
        until(bobTablet, state -> unread(state, group, bob) == 0);
        assertThat(unreadByRest(bob, group)).isZero();
    }

    @Test
    void aRepeatedSendIsOneMessage() {
        List<Person> people = cast.people(List.of("alice", "bob"));
        UUID group = cast.group(people.get(0), people.get(1));
        ParleyClient phone = cast.connected(people.get(0), "phone");
        UUID message = UUID.randomUUID();

        SentMessage first = await(phone.send(group, message, "once"));
        SentMessage again = await(phone.send(group, message, "once"));
        JsonNode byRest = await(cast.api(people.get(0)).send(group, message, "once"));

        assertThat(again.number()).isEqualTo(first.number());
        assertThat(byRest.path("number").asLong()).isEqualTo(first.number());
        assertThat(await(cast.api(people.get(1)).history(group))).hasSize(1);
        assertThat(failure(phone.send(group, message, "something else"))).contains("conflict");
    }

    private static void until(ParleyClient device, Predicate<ClientState> condition) {
        Awaitility.await(device.name()).untilAsserted(() -> {
            String lacking = await(device.ask(state -> condition.test(state) ? "" : describe(state)));
            assertThat(lacking).isEmpty();
        });
    }

    private static String describe(ClientState state) {
        StringBuilder text = new StringBuilder("not yet:");
        for (ConversationState conversation : state.conversations()) {
            text.append(' ').append(conversation.id()).append(" at ").append(conversation.position());
            text.append(" of ").append(conversation.head()).append(' ');
            text.append(conversation.messages().size()).append(" messages");
        }
        return text.toString();
    }

    /** What people have said, in order. */
    private static List<String> texts(ClientState state, UUID conversation) {
        ConversationState found = state.find(conversation);
        return found == null
                ? List.of()
                : found.messages().values().stream()
                        .filter(message -> message.has("text"))
                        .map(message -> message.path("text").asText())
                        .toList();
    }

    private static List<UUID> members(ClientState state, UUID conversation) {
        ConversationState found = state.find(conversation);
        return found == null ? List.of() : List.copyOf(found.activeMembers());
    }

    private static long unread(ClientState state, UUID conversation, Person person) {
        ConversationState found = state.find(conversation);
        return found == null ? -1 : found.unread(person.id());
    }

    private long unreadByRest(Person person, UUID conversation) {
        return await(cast.api(person).conversation(conversation)).path("unread").asLong();
    }

    private static String failure(Future<?> future) {
        return await(future.map("(succeeded)").otherwise(Throwable::toString));
    }
}
