package io.parley.contract;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.ClientHost;
import io.parley.support.testing.client.CommandFailure;
import io.parley.support.testing.client.OperatorApi;
import io.parley.support.testing.client.ParleyClient;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.PersonApi;
import io.parley.support.testing.client.Rest;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A group with somebody of each relation to it, and what there is to do something with. Beside them are {@code grace}, a
 * plain member to whom things are done and whose things are touched, who has blocked one of them, and {@code deputy}, an
 * admin. The guest is a plain member. Everybody but strangers said something while he still could.
 */
final class MatrixRoom implements AutoCloseable {
    /** Those of whom the table tells; the rest of them can say nothing at all. */
    static final List<String> RELATIONS = List.of(
            "owner",
            "admin",
            "member",
            "silenced",
            "blocked",
            "banned",
            "former",
            "stranger",
            "foreigner",
            "guest",
            "suspended");

    private static final List<String> MADE_HERE =
            List.of("owner", "admin", "member", "silenced", "blocked", "banned", "former", "stranger", "guest");

    private final Cast cast;
    private final Rest rest;
    private final Map<String, Person> people = new HashMap<>();
    private final Map<String, ParleyClient> devices = new HashMap<>();
    private final Map<String, String> own = new HashMap<>();
    private final Map<String, String> directs = new ConcurrentHashMap<>();
    private final Map<String, JsonNode> values = new HashMap<>();
    private final PersonApi owner;
    private final Person grace;
    private final Person deputy;
    private final UUID room;
    private final String token;
    private String thread = "";

    /** @param suspended was a member of some such group; what he was refused for then, he is refused for in all */
    MatrixRoom(ClientHost clients, OperatorApi operator, Person foreigner, Person suspended) {
        this.cast = new Cast(clients, operator);
        this.rest = clients.rest();
        List<String> names = new ArrayList<>(MADE_HERE);
        names.addAll(List.of("grace", "deputy"));
        List<Person> made = cast.people(names);
        for (int i = 0; i < MADE_HERE.size(); i++) {
            people.put(MADE_HERE.get(i), made.get(i));
        }
        people.put("foreigner", foreigner);
        people.put("suspended", suspended);
        this.grace = made.get(MADE_HERE.size());
        this.deputy = made.get(MADE_HERE.size() + 1);
        await(operator.setKind(people.get("guest").id(), "guest").compose(Rest.Reply::success));
        this.owner = cast.api(people.get("owner"));
        this.room = Ids.next();
        List<UUID> members = new ArrayList<>(made.stream().map(Person::id).toList());
        members.remove(people.get("stranger").id());
        await(operator.groups(List.of(new OperatorApi.Group(room, "Matrix", members, false))));
        this.token = furnish();
    }

    private String furnish() {
        List<Future<?>> begun = new ArrayList<>();
        for (String relation : MADE_HERE) {
            PersonApi person = cast.api(people.get(relation));
            if (!relation.equals("stranger")) {
                UUID message = Ids.next();
                begun.add(person.send(room, message, "I am " + relation));
                own.put(relation, message.toString());
            }
            begun.add(person.direct(grace.id())
                    .onSuccess(direct -> directs.put(relation, direct.path("id").asText())));
        }
        await(Future.all(begun));
        UUID said = Ids.next();
        UUID discussed = Ids.next();
        await(cast.api(grace).send(room, said, "Hello https://example.invalid"));
        await(cast.api(grace).send(room, discussed, "What do you think?"));
        UUID poll = Ids.next();
        JsonNode question =
                json("{'id': '" + poll + "', 'type': 'poll', 'poll': {'question': 'Tea?', 'options': ['Yes', 'No']}}");
        String at = "/conversations/" + room;
        await(cast.api(grace).ask(HttpMethod.POST, at + "/messages", question));
        value("poll", poll.toString());
        value("tenant", "default");
        thread = put("PUT", at + "/messages/" + discussed + "/thread", "")
                .path("conversation")
                .asText();
        value("discussed", discussed.toString());
        put("PATCH", at + "/members/" + people.get("admin").id(), "{'role': 'admin'}");
        put("PATCH", at + "/members/" + deputy.id(), "{'role': 'admin'}");
        put("PATCH", at + "/members/" + people.get("silenced").id(), "{'silencedUntil': '" + inAnHour() + "'}");
        put("PUT", at + "/bans/" + people.get("banned").id(), "{}");
        await(owner.removeMember(room, people.get("former").id()));
        await(cast.api(grace)
                .ask(HttpMethod.PUT, "/blocks/" + people.get("blocked").id(), null));
        JsonNode link = put("POST", at + "/invites", "{}");
        JsonNode role = put("POST", at + "/roles", "{'name': 'Helper', 'permissions': ['pin']}");
        value("conversationId", room.toString());
        value("messageId", said.toString());
        value("userId", grace.id().toString());
        value("inviteId", link.path("id").asText());
        value("roleId", role.path("id").asText());
        for (String unknown : List.of("templateId", "scheduledId", "reminderId", "sessionId", "nodeId")) {
            value(unknown, Ids.next().toString());
        }
        value("emoji", "👍");
        value("q", "hello");
        value("direction", "incoming");
        value("users", grace.id().toString());
        values.put("after", JsonNodeFactory.instance.numberNode(0));
        return link.path("token").asText();
    }

    private void value(String name, String value) {
        values.put(name, TextNode.valueOf(value));
    }

    private JsonNode put(String method, String path, String body) {
        return await(owner.ask(HttpMethod.valueOf(method), path, body.isEmpty() ? null : json(body)));
    }

    /** Single quotes for double ones. */
    static JsonNode json(String text) {
        return Json.parse(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    static String inAnHour() {
        return Instant.now()
                .plus(1, ChronoUnit.HOURS)
                .truncatedTo(ChronoUnit.MILLIS)
                .toString();
    }

    /** Makes true what has to be before a variant of an operation is asked for. @return whether it did anything */
    boolean prepare(String variant) {
        switch (variant) {
            case "public" -> put("PATCH", "/conversations/" + room, "{'visibility': 'public'}");
            case "deleted" -> await(owner.ask(HttpMethod.DELETE, "/conversations/" + room, null));
            default -> {
                return false;
            }
        }
        return true;
    }

    /** The word of the error, or {@code done}. */
    Future<String> overRest(ContractOperation operation, String variant, String relation) {
        JsonNode body = body(operation, variant);
        return people.get(relation)
                .tokens()
                .current()
                .compose(bearer -> rest.call(
                        operation.method(), operation.uri(values(operation, variant, relation)), bearer, body))
                .map(reply -> {
                    assertThat(reply.status()).as(reply.text()).isLessThan(500);
                    return reply.status() < 300 ? "done" : reply.code();
                });
    }

    Future<String> overSocket(ContractOperation operation, String variant, String relation) {
        ParleyClient device =
                devices.computeIfAbsent(relation, first -> cast.connected(people.get(relation), "matrix"));
        ObjectNode fields = operation.fields(values(operation, variant, relation), body(operation, variant));
        return device.command(java.util.Objects.requireNonNull(operation.command()), fields)
                .map("done")
                .recover(failed -> failed instanceof CommandFailure failure
                        ? Future.succeededFuture(failure.code())
                        : Future.failedFuture(failed));
    }

    private Map<String, JsonNode> values(ContractOperation operation, String variant, String relation) {
        Map<String, JsonNode> some = new HashMap<>(values);
        if (operation.id().equals("searchMessages")) {
            some.remove("after"); // A time there.
        }
        switch (variant) {
            case "own" ->
                some.put(
                        "messageId",
                        TextNode.valueOf(own.getOrDefault(relation, Ids.next().toString())));
            case "thread" -> some.put("conversationId", TextNode.valueOf(thread));
            case "poll" -> some.put("messageId", values.get("poll"));
            case "discussed" -> some.put("messageId", values.get("discussed"));
            case "direct" ->
                some.put(
                        "conversationId",
                        TextNode.valueOf(
                                directs.getOrDefault(relation, Ids.next().toString())));
            case "ofAdmin" -> some.put("userId", TextNode.valueOf(deputy.id().toString()));
            default -> {}
        }
        return some;
    }

    private @Nullable JsonNode body(ContractOperation operation, String variant) {
        String grace = this.grace.id().toString();
        String message = values.get("messageId").textValue();
        String text = switch (asked(operation.id(), variant)) {
            case "updateMe" -> "{'displayName': 'Somebody'}";
            case "register" -> registration();
            case "login" -> "{'login': 'nobody', 'password': 'correct horse battery'}";
            case "refresh", "logout" -> "{'refreshToken': 'unknown'}";
            case "provisionUsers" -> "{'users': [{'username': 'provisioned', 'displayName': 'P'}]}";
            case "setUserStatus" -> "{'status': 'suspended'}";
            case "setUserKind" -> "{'kind': 'guest'}";
            case "issueTokens" -> "{'users': ['" + grace + "']}";
            case "setNodeInstances" -> "{'http': 1}";
            case "provisionConversations" ->
                "{'conversations': [{'type': 'group', 'name': 'G', 'members': ['" + grace + "']}]}";
            case "requestContact" -> "{'user': '" + grace + "'}";
            case "discoverContacts" ->
                "{'salt': '" + Ids.next() + "', 'hashes': ['qL8R4QIcQ_ZsRqOAbeRfcZhilN_MksRtDaErMA-0hzw']}";
            case "createConversation" -> "{'type': 'group', 'name': 'Own', 'members': []}";
            case "createConversation.withGrace" -> "{'type': 'group', 'name': 'Own', 'members': ['" + grace + "']}";
            case "createConversation.direct" -> "{'type': 'direct', 'members': ['" + grace + "']}";
            case "updateConversation" -> "{'topic': 'Other'}";
            case "updateConversation.permissions" -> "{'permissions': {'pin': 'admin'}}";
            case "updateConversation.archived" -> "{'status': 'archived'}";
            case "transferOwnership" -> "{'user': '" + grace + "'}";
            case "addMembers" -> "{'users': ['" + grace + "']}";
            case "addMembers.asAdmin" -> "{'users': ['" + grace + "'], 'role': 'admin'}";
            case "updateMember" -> "{'role': 'admin'}";
            case "updateMember.ofAdmin" -> "{'role': 'member'}";
            case "updateMember.silence" -> "{'silencedUntil': '" + inAnHour() + "'}";
            case "createRole", "createConversationRole" -> "{'name': 'R', 'permissions': ['pin']}";
            case "updateRole", "updateConversationRole" -> "{'name': 'Other'}";
            case "createTemplate", "replaceTemplate" -> "{'name': 'T', 'settings': {}, 'members': []}";
            case "previewInvite", "acceptInvite" -> "{'token': '" + token + "'}";
            case "sendMessage" -> "{'id': '" + Ids.next() + "', 'type': 'text', 'text': 'Hello'}";
            case "sendMessage.reply" ->
                "{'id': '" + Ids.next() + "', 'type': 'text', 'text': 'Hello', 'replyTo': '" + message + "'}";
            case "sendMessage.everybody" -> "{'id': '" + Ids.next() + "', 'type': 'text', 'text': 'Hello @all'}";
            case "editMessage" -> "{'text': 'Anew'}";
            case "markRead", "markDelivered" -> "{'number': 1}";
            case "setTyping" -> "{'active': true}";
            case "setOwnPresence" -> "{'status': 'busy'}";
            case "renderMarkdown" -> "{'text': '*x*'}";
            case "scheduleMessage" -> "{'at': '" + inAnHour() + "', 'message': {'type': 'text', 'text': 'Later'}}";
            case "updateScheduled" -> "{'at': '" + inAnHour() + "'}";
            case "putReminder" ->
                "{'at': '" + inAnHour() + "', 'conversation': '" + room + "', 'message': '" + message + "'}";
            case "updateConversation.timer" -> "{'disappearAfter': 60}";
            case "changeOwnSettings" -> "{'mutedUntil': null}";
            case "pinConversations" -> "{'conversations': ['" + room + "']}";
            case "hideMessages" -> "{'messages': ['" + message + "']}";
            case "clearHistory" -> "{'number': 1}";
            case "saveDraft" -> "{'text': 'The engine'}";
            case "changePrivacy" -> "{'readReceipts': false}";
            case "votePoll" -> "{'options': [0]}";
            case "moveLocation" -> "{'latitude': 51.5, 'longitude': -0.1}";
            case "rememberSearch" -> "{'q': 'hello'}";
            default -> operation.body().isMissingNode() ? "" : "{}";
        };
        return text.isEmpty() ? null : json(text);
    }

    private static String registration() {
        String name = "new" + Ids.next().toString().substring(24);
        return "{'username': '" + name + "', 'email': '" + name + "@b.example', 'password': 'correct horse battery',"
                + " 'displayName': 'New'}";
    }

    /** The variants that say something else; the others say the same of something else. */
    private static String asked(String operation, String variant) {
        return switch (variant) {
            case "", "own", "poll", "thread", "public", "deleted", "discussed" -> operation;
            case "direct" -> operation.equals("createConversation") ? operation + ".direct" : operation;
            default -> operation + "." + variant;
        };
    }

    @Override
    public void close() {
        cast.close();
    }
}
