package io.parley.flow;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.ParleyClient;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.SentMessage;
import io.parley.support.testing.node.RunningNode;
import io.vertx.core.http.HttpMethod;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Search of a whole node, over REST and the WebSocket. */
@ExtendWith(RunningNode.class)
class SearchFlowIT {
    private final Cast cast;

    SearchFlowIT(RunningNode.Site site) {
        this.cast = new Cast(site.clients(), site.operator());
    }

    @AfterEach
    void hangUp() {
        cast.close();
    }

    private JsonNode search(Person person, String q) {
        String path = "/search/messages?q=" + URLEncoder.encode(q, StandardCharsets.UTF_8);
        return await(cast.api(person).call(HttpMethod.GET, path, null)).body();
    }

    private void untilFound(Person person, String q, int count) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(search(person, q).path("items")).as(q).hasSize(count));
    }

    @Test
    void whatIsSentIsFoundSoonAndWhatIsDeletedNoMore() {
        List<Person> people = cast.people(List.of("alice", "bob", "eve"));
        UUID group = cast.group(people.get(0), people.get(1));
        ParleyClient alice = cast.connected(people.get(0), "phone");
        SentMessage sent = await(alice.send(group, "Đường phố Hà Nội"));

        untilFound(people.get(1), "duong pho", 1);
        assertThat(search(people.get(2), "duong").path("items")).isEmpty();
        assertThat(search(people.get(1), "ha noi")
                        .at("/items/0/highlights/0/offset")
                        .asInt())
                .isEqualTo(10);

        String path = "/conversations/" + group + "/messages/" + sent.id();
        assertThat(await(cast.api(people.get(0)).call(HttpMethod.DELETE, path, null))
                        .status())
                .isLessThan(300);
        assertThat(search(people.get(1), "duong").path("items")).isEmpty();
    }

    @Test
    void commandsAnswerAsOperationsDo() {
        List<Person> people = cast.people(List.of("carol", "dave"));
        UUID group = cast.group(people.get(0), people.get(1));
        ParleyClient phone = cast.connected(people.get(0), "phone");
        await(phone.send(group, "walrus"));
        untilFound(people.get(0), "walrus", 1);
        ObjectNode fields = JsonNodeFactory.instance.objectNode().put("q", "walr");

        JsonNode found = await(phone.command("search.messages", fields));
        JsonNode suggested = await(phone.command("search.suggest", fields.deepCopy()));

        assertThat(found.at("/items/0/message/text").asText()).isEqualTo("walrus");
        assertThat(found.at("/hits/exact").asBoolean()).isTrue();
        assertThat(suggested.has("people")).isTrue();
    }
}
