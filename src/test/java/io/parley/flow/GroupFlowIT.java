package io.parley.flow;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.ContractSchemas;
import io.parley.support.Json;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.ClientState;
import io.parley.support.testing.client.ParleyClient;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.PersonApi;
import io.parley.support.testing.client.Rest;
import io.parley.support.testing.node.RunningNode;
import io.vertx.core.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Groups as a whole, over real sockets. */
@ExtendWith(RunningNode.class)
class GroupFlowIT {
    private final Cast cast;
    private final RunningNode.Site site;

    GroupFlowIT(RunningNode.Site site) {
        this.site = site;
        this.cast = new Cast(site.clients(), site.operator());
    }

    @AfterEach
    void hangUp() {
        cast.close();
    }

    private static Rest.Reply call(PersonApi api, String method, String path, String body) {
        JsonNode json = body.isEmpty() ? null : Json.parse(body.getBytes(StandardCharsets.UTF_8));
        return await(api.call(HttpMethod.valueOf(method), path, json));
    }

    private static void until(ParleyClient device, Predicate<ClientState> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(await(device.ask(condition::test)))
                        .as(await(device.ask(ClientState::toString)))
                        .isTrue());
    }

    @Test
    void aDeletedGroupVanishesEverywhereAndComesBackEverywhere() {
        List<Person> people = cast.people(List.of("alice", "bob"));
        UUID group = cast.group(people.get(0), people.get(1));
        PersonApi alice = cast.api(people.get(0));
        ParleyClient here = cast.connected(people.get(1), "phone");
        ParleyClient away = cast.connected(people.get(1), "tablet");
        await(alice.send(group, UUID.randomUUID(), "Hello"));
        until(away, state -> state.find(group) != null && state.find(group).message(1) != null);
        await(away.disconnect());

        assertThat(call(alice, "DELETE", "/conversations/" + group, "").status())
                .isEqualTo(204);

        until(here, state -> state.find(group) == null);
        await(away.connect());
        until(away, state -> state.find(group) == null);
        assertThat(call(cast.api(people.get(1)), "GET", "/conversations/" + group, "")
                        .status())
                .isEqualTo(404);

        assertThat(call(alice, "POST", "/conversations/" + group + "/restore", "")
                        .status())
                .isEqualTo(200);

        for (ParleyClient device : List.of(here, away)) {
            until(
                    device,
                    state -> state.find(group) != null && state.find(group).message(1) != null);
        }
        await(alice.send(group, UUID.randomUUID(), "Again"));
        for (ParleyClient device : List.of(here, away)) {
            until(device, state -> state.find(group).message(3) != null);
        }
        ParleyClient fresh = cast.connected(people.get(1), "laptop");
        until(fresh, state -> state.find(group) != null && state.find(group).message(3) != null);
    }

    @Test
    void whatRestDoesTheSocketDoesToo() {
        List<Person> people = cast.people(List.of("alice", "bob", "carol"));
        UUID group = cast.group(people.get(0), people.get(1));
        ParleyClient alice = cast.connected(people.get(0), "phone");
        ParleyClient carol = cast.connected(people.get(2), "phone");

        JsonNode updated = await(alice.command(
                "conversation.update", object("{\"conversation\":\"%s\",\"body\":{\"topic\":\"Now\"}}", group)));
        JsonNode link = await(alice.command("invite.create", object("{\"conversation\":\"%s\",\"body\":{}}", group)));
        await(carol.command("invite.accept", object("{\"body\":{\"token\":%s}}", link.get("token"))));
        until(carol, state -> state.find(group) != null);
        await(alice.command(
                "ban.set",
                object(
                        "{\"conversation\":\"%s\",\"user\":\"%s\",\"body\":{}}",
                        group, people.get(2).id())));
        until(carol, state -> state.find(group) == null);
        JsonNode bans = await(alice.command("ban.list", object("{\"conversation\":\"%s\"}", group)));

        assertThat(updated.get("topic").asText()).isEqualTo("Now");
        assertThat(bans.at("/items/0/user").asText())
                .isEqualTo(people.get(2).id().toString());
    }

    private static ObjectNode object(String json, Object... values) {
        return (ObjectNode) Json.parse(json.formatted(values).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whoIsSuspendedMayDoNothingAtAll() {
        Person person = cast.registered("suspended");
        UUID group = cast.group(person);
        String token = await(person.tokens().current());
        await(site.operator().setStatus(person.id(), "suspended"));

        int[] operations = {0};
        ContractSchemas.openApi()
                .document()
                .at("/paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(operation -> {
                    if (!Set.of("conversations", "members", "roles", "bans", "invites", "directory", "templates")
                            .contains(operation.getValue().at("/tags/0").asText())) {
                        return;
                    }
                    operations[0]++;
                    String at = path.getKey().replaceAll("\\{\\w+}", group.toString());
                    HttpMethod method = HttpMethod.valueOf(operation.getKey().toUpperCase(java.util.Locale.ROOT));
                    Awaitility.await()
                            .untilAsserted(() -> assertThat(
                                            await(site.clients().rest().call(method, at, token, null))
                                                    .status())
                                    .as(operation.getValue().path("operationId").asText())
                                    .isEqualTo(401));
                }));
        assertThat(operations[0]).isGreaterThan(30);
    }
}
