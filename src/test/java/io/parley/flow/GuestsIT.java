package io.parley.flow;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.RawSocket;
import io.parley.support.testing.client.Rest;
import io.parley.support.testing.node.RunningNode;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.NetClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Guests of a running node: whom and what they see, what they may do, and what becomes of it when they are guests no more. */
@ExtendWith(RunningNode.class)
class GuestsIT {
    private final RunningNode.Site site;
    private final Cast cast;
    private final NetClient network;

    /** Owns the group. */
    private final Person ada;

    /** A member of it. */
    private final Person bob;

    /** In no conversation with the guest. */
    private final Person eve;

    private final Person guest;
    private final UUID group;

    GuestsIT(RunningNode.Site site) {
        this.site = site;
        this.cast = new Cast(site.clients(), site.operator());
        this.network = RawSocket.netClient(site.vertx());
        List<Person> people = cast.people(List.of("ada", "bob", "eve"));
        this.ada = people.get(0);
        this.bob = people.get(1);
        this.eve = people.get(2);
        this.guest = cast.guest("gil");
        this.group = cast.group(ada, bob, guest);
    }

    @AfterEach
    void hangUp() {
        network.close();
        cast.close();
    }

    private RawSocket signedIn(Person person) {
        RawSocket socket =
                await(RawSocket.open(site.vertx(), network, site.node().endpoints()));
        ask(socket, "hello", "'token':'" + await(person.tokens().current()) + "'");
        return socket;
    }

    /** Gives a command and waits for its reply; {@code fields} with ' for ". */
    private static JsonNode ask(RawSocket socket, String type, String fields) {
        String id = UUID.randomUUID().toString();
        String frame = "{'type':'" + type + "','id':'" + id + "'" + (fields.isEmpty() ? "" : "," + fields) + "}";
        await(socket.sendText(frame.replace('\'', '"')));
        soon().until(() -> socket.find("id", id).isPresent());
        return socket.find("id", id).orElseThrow();
    }

    private static String code(RawSocket socket, String type, String fields) {
        return ask(socket, type, fields).at("/error/code").asText("ok");
    }

    private static org.awaitility.core.ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(15));
    }

    private Rest.Reply call(Person caller, String method, String path, @Nullable String body) {
        JsonNode tree = body == null ? null : Json.parse(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        return await(site.clients()
                .rest()
                .call(HttpMethod.valueOf(method), path, await(caller.tokens().current()), tree));
    }

    private JsonNode rest(Person caller, String method, String path, @Nullable String body) {
        Rest.Reply reply = call(caller, method, path, body);
        assertThat(reply.status()).as(reply.text()).isBetween(200, 299);
        return reply.body();
    }

    private String refused(Person caller, String method, String path, @Nullable String body) {
        Rest.Reply reply = call(caller, method, path, body);
        assertThat(reply.status()).as(reply.text()).isGreaterThanOrEqualTo(400);
        return reply.code();
    }

    private void setKind(Person person, String kind) {
        await(site.operator().setKind(person.id(), kind).compose(Rest.Reply::success));
    }

    private String at(String rest) {
        return "/conversations/" + group + rest;
    }

    private static String user(Person person) {
        return "'" + person.id() + "'";
    }

    private static List<String> ids(JsonNode list) {
        return list.path("items")
                .valueStream()
                .map(item -> item.path("id").asText())
                .toList();
    }

    private static String[] idsOf(Person... people) {
        return Arrays.stream(people).map(person -> person.id().toString()).toArray(String[]::new);
    }

    @Test
    void ofPeopleAGuestSeesThoseWhoAreInAConversationWithHim() {
        assertThat(rest(guest, "GET", "/users/me", null).path("kind").asText()).isEqualTo("guest");
        assertThat(rest(guest, "GET", "/users/" + bob.id(), null).path("kind").asText())
                .isEqualTo("user");
        assertThat(refused(guest, "GET", "/users/" + eve.id(), null)).isEqualTo("not_found");
        assertThat(call(guest, "GET", "/users/" + eve.id(), null).text())
                .isEqualTo(call(guest, "GET", "/users/" + Ids.next(), null).text());

        String[] known = idsOf(ada, bob, guest);
        assertThat(ids(rest(guest, "GET", "/users", null))).containsExactlyInAnyOrder(known);
        assertThat(ids(rest(guest, "GET", "/users?q=the", null))).containsExactlyInAnyOrder(known);
        assertThat(ids(rest(guest, "GET", "/search/people?q=the", null))).containsExactlyInAnyOrder(known);
        assertThat(rest(guest, "GET", "/search/suggestions?q=eve", null).path("people"))
                .isEmpty();
        JsonNode first = rest(guest, "GET", "/users?limit=2", null);
        List<String> paged = new ArrayList<>(ids(first));
        paged.addAll(ids(
                rest(guest, "GET", "/users?limit=2&cursor=" + first.path("next").asText(), null)));
        assertThat(paged).containsExactlyInAnyOrder(known);

        assertThat(rest(eve, "GET", "/users/" + guest.id(), null).path("kind").asText())
                .isEqualTo("guest");
        assertThat(ids(rest(eve, "GET", "/users?q=" + guest.name(), null))).containsExactly(idsOf(guest));

        rest(ada, "DELETE", at("/members/" + bob.id()), null);
        assertThat(refused(guest, "GET", "/users/" + bob.id(), null)).isEqualTo("not_found");
        rest(ada, "DELETE", at(""), null);
        assertThat(refused(guest, "GET", "/users/" + ada.id(), null)).isEqualTo("not_found");
        assertThat(ids(rest(guest, "GET", "/users", null))).isEmpty();
    }

    @Test
    void allOthersHeCanNeitherReachNorName() {
        RawSocket socket = signedIn(guest);

        assertThat(code(socket, "block.add", "'user':" + user(eve))).isEqualTo("not_found");
        assertThat(code(socket, "contact.request", "'body':{'user':" + user(eve) + "}"))
                .isEqualTo("not_found");
        assertThat(code(socket, "conversation.create", "'body':{'type':'direct','members':[" + user(eve) + "]}"))
                .isEqualTo("not_found");
        assertThat(code(
                        socket,
                        "contact.discover",
                        "'body':{'salt':'" + Ids.next() + "','hashes':['" + "A".repeat(43) + "']}"))
                .isEqualTo("forbidden");
        assertThat(refused(guest, "POST", at("/messages"), "{'type':'contact','contact':{'user':" + user(eve) + "}}"))
                .isEqualTo("validation_failed");
        String said = "{'type':'text','text':'@" + eve.name() + " and @" + bob.name() + "'}";
        assertThat(rest(guest, "POST", at("/messages"), said).path("mentions"))
                .singleElement()
                .satisfies(mention -> assertThat(mention.path("user").asText())
                        .isEqualTo(bob.id().toString()));

        assertThat(code(socket, "contact.request", "'body':{'user':" + user(bob) + "}"))
                .isEqualTo("ok");
        assertThat(code(socket, "conversation.create", "'body':{'type':'direct','members':[" + user(bob) + "]}"))
                .isEqualTo("ok");
        assertThat(code(socket, "block.add", "'user':" + user(ada))).isEqualTo("ok");
    }

    @Test
    void whoWritesToAGuestInvitesHim() {
        assertThat(refused(eve, "POST", "/contacts/requests", "{'user':" + user(guest) + "}"))
                .isEqualTo("forbidden");

        rest(eve, "POST", "/conversations", "{'type':'direct','members':[" + user(guest) + "]}");

        rest(guest, "GET", "/users/" + eve.id(), null);
        rest(eve, "POST", "/contacts/requests", "{'user':" + user(guest) + "}");
        rest(guest, "POST", "/contacts/requests/" + eve.id() + "/accept", null);
    }

    @Test
    void ofGroupsHeSeesThoseHeIsInAndComesIntoOthersByALinkOnly() {
        UUID open = cast.group(eve);
        String room = "/conversations/" + open;
        rest(eve, "PATCH", room, "{'visibility':'public','name':'Openhouse'}");
        soon().until(() ->
                ids(rest(bob, "GET", "/search/conversations?q=openhouse", null)).contains(open.toString()));
        assertThat(rest(bob, "GET", "/conversations/directory?q=openhouse", null)
                        .path("items"))
                .isNotEmpty();

        assertThat(rest(guest, "GET", "/conversations/directory", null).path("items"))
                .isEmpty();
        assertThat(rest(guest, "GET", "/conversations/directory?q=openhouse", null)
                        .path("items"))
                .isEmpty();
        assertThat(ids(rest(guest, "GET", "/search/conversations?q=openhouse", null)))
                .isEmpty();
        assertThat(rest(guest, "GET", "/templates", null).path("items")).isEmpty();
        assertThat(refused(guest, "POST", room + "/join", null)).isEqualTo("not_found");
        assertThat(refused(guest, "GET", room, null)).isEqualTo("not_found");
        assertThat(refused(guest, "POST", "/conversations", "{'type':'group','name':'Own','members':[]}"))
                .isEqualTo("forbidden");

        String token = rest(eve, "POST", room + "/invites", "{'role':'admin'}")
                .path("token")
                .asText();
        JsonNode joined = rest(guest, "POST", "/invites/accept", "{'token':'" + token + "'}");
        assertThat(joined.path("role").asText()).isEqualTo("member");
        rest(guest, "GET", "/users/" + eve.id(), null);
        rest(guest, "POST", room + "/leave", null);
        assertThat(refused(guest, "GET", "/users/" + eve.id(), null)).isEqualTo("not_found");
    }

    @Test
    void heHasNoSayInWhoIsThereWhateverTheGroupAllows() {
        rest(ada, "PATCH", at(""), "{'permissions':{'add_members':'member','invite':'member','ban':'member'}}");
        String role = rest(
                        ada,
                        "POST",
                        at("/roles"),
                        "{'name':'Host','permissions':['add_members','remove_members','invite','ban','change_roles','pin']}")
                .path("id")
                .asText();
        rest(ada, "PATCH", at("/members/" + guest.id()), "{'customRole':'" + role + "'}");
        RawSocket socket = signedIn(guest);
        String here = "'conversation':'" + group + "'";

        assertThat(code(socket, "member.add", here + ",'body':{'users':[" + user(bob) + "]}"))
                .isEqualTo("forbidden");
        assertThat(code(socket, "member.remove", here + ",'user':" + user(bob))).isEqualTo("forbidden");
        assertThat(code(socket, "invite.create", here + ",'body':{}")).isEqualTo("forbidden");
        assertThat(code(socket, "invite.list", here)).isEqualTo("forbidden");
        assertThat(code(socket, "ban.set", here + ",'user':" + user(eve) + ",'body':{}"))
                .isEqualTo("forbidden");
        assertThat(code(socket, "ban.list", here)).isEqualTo("forbidden");
        assertThat(refused(guest, "PATCH", at("/members/" + guest.id()), "{'role':'admin'}"))
                .isEqualTo("forbidden");
        rest(bob, "POST", at("/invites"), "{}");

        UUID message = Ids.next();
        rest(guest, "POST", at("/messages"), "{'id':'" + message + "','type':'text','text':'Hello'}");
        rest(guest, "PUT", at("/messages/" + message + "/pin"), null);
        rest(guest, "POST", at("/leave"), null);
    }

    @Test
    void nobodyPutsAGuestInCharge() {
        for (String role : List.of("admin", "owner")) {
            assertThat(refused(ada, "PATCH", at("/members/" + guest.id()), "{'role':'" + role + "'}"))
                    .isEqualTo("forbidden");
        }
        assertThat(refused(ada, "PUT", at("/owner"), "{'user':" + user(guest) + "}"))
                .isEqualTo("forbidden");
        Person other = cast.guest("other");
        assertThat(refused(ada, "POST", at("/members"), "{'users':[" + user(other) + "],'role':'admin'}"))
                .isEqualTo("forbidden");
        rest(ada, "POST", at("/members"), "{'users':[" + user(other) + "]}");
        rest(guest, "GET", "/users/" + other.id(), null);
    }

    /** How those whom a socket watches stand, as it was told last. */
    private static String lastTold(RawSocket socket, Person person) {
        return socket.frames("presence").stream()
                .flatMap(frame -> frame.path("users").valueStream())
                .filter(one -> one.path("user").asText().equals(person.id().toString()))
                .map(one -> one.path("status").asText())
                .reduce("nothing", (earlier, later) -> later);
    }

    private String presence(Person viewer, Person person) {
        return rest(viewer, "GET", "/presence?users=" + person.id(), null)
                .at("/items/0/status")
                .asText();
    }

    private static String watched(RawSocket socket, Person person) {
        return ask(socket, "presence.watch", "'users':[" + user(person) + "]")
                .at("/result/users/0/status")
                .asText();
    }

    @Test
    void whoIsInNoConversationWithHimIsOfflineToHim() {
        RawSocket his = signedIn(guest);
        signedIn(eve);
        signedIn(bob);
        soon().until(() -> presence(bob, eve).equals("online"));
        soon().until(() -> presence(guest, bob).equals("online"));

        assertThat(presence(guest, eve)).isEqualTo("offline");
        assertThat(watched(his, bob)).isEqualTo("online");
        assertThat(watched(his, eve)).isEqualTo("offline");
        assertThat(presence(eve, guest)).isEqualTo("online");

        setKind(guest, "user");
        soon().until(() -> lastTold(his, eve).equals("online"));
        setKind(guest, "guest");
        soon().until(() -> lastTold(his, eve).equals("offline"));

        rest(ada, "POST", at("/members"), "{'users':[" + user(eve) + "]}");
        assertThat(watched(his, eve)).isEqualTo("online");
        assertThat(rest(guest, "GET", at("/presence"), null).path("items"))
                .hasSize(4)
                .anySatisfy(one -> {
                    assertThat(one.path("user").asText()).isEqualTo(eve.id().toString());
                    assertThat(one.path("status").asText()).isEqualTo("online");
                });
    }

    @Test
    void whoIsAGuestNoMoreSeesAllAtOnceAndIsTold() {
        RawSocket socket = signedIn(guest);
        String request = "'body':{'user':" + user(eve) + "}";
        assertThat(code(socket, "contact.request", request)).isEqualTo("not_found");

        setKind(guest, "user");
        setKind(guest, "user");

        assertThat(code(socket, "contact.request", request)).isEqualTo("ok");
        rest(guest, "GET", "/users/" + eve.id(), null);
        assertThat(ids(rest(guest, "GET", "/users?q=" + eve.name(), null))).containsExactly(idsOf(eve));
        soon().until(() -> !socket.frames("account.updated").isEmpty());
        assertThat(socket.frames("account.updated")).singleElement().satisfies(told -> {
            assertThat(told.path("kind").asText()).isEqualTo("user");
            assertThat(told.path("status").asText()).isEqualTo("active");
        });

        setKind(guest, "guest");
        assertThat(refused(guest, "GET", "/users/" + eve.id(), null)).isEqualTo("not_found");
        soon().until(() -> socket.frames("account.updated").size() == 2);
    }

    @Test
    void whoLeadsAGroupCannotBecomeAGuestAndNoBotEverDoes() {
        assertThat(await(site.operator().setKind(ada.id(), "guest")).code()).isEqualTo("conflict");
        rest(ada, "PUT", at("/owner"), "{'user':" + user(bob) + "}");
        assertThat(await(site.operator().setKind(ada.id(), "guest")).code()).isEqualTo("conflict");
        rest(ada, "PATCH", at("/members/" + ada.id()), "{'role':'member'}");
        setKind(ada, "guest");

        UUID bot = await(site.operator().people(List.of("bot" + group.toString().substring(24)), "bot"))
                .getFirst();
        assertThat(await(site.operator().setKind(bot, "guest")).code()).isEqualTo("conflict");
        assertThat(await(site.operator().setKind(Ids.next(), "guest")).code()).isEqualTo("not_found");
    }
}
