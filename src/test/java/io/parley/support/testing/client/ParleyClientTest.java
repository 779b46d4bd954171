package io.parley.support.testing.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ParleyClientTest {
    private static final UUID ROOM = UUID.fromString("019aa1f2-0a10-7d6e-8f86-5c9d3f4a7b04");
    private static final String READY = "{'type':'ready','id':'$id','epoch':'one','heartbeatMs':20000,'userVersion':4,"
            + "'cursor':'c1','complete':true,'changed':[{'conversation':'" + ROOM
            + "','lastNumber':1,'lastVersion':2,'readNumber':0}]}";

    private final Vertx vertx = Vertx.vertx();
    private final ScriptedServer server = new ScriptedServer(vertx);
    private final ClientHost host = new ClientHost(vertx, server.endpoints());
    private final Person person = new Person(UUID.randomUUID(), "alice", new Tokens() {
        @Override
        public Future<String> current() {
            return Future.succeededFuture("token");
        }

        @Override
        public Future<String> renew() {
            return Future.succeededFuture("newer");
        }
    });
    private final ParleyClient client = new ParleyClient(host, person, ClientSettings.device("phone"));

    @AfterEach
    void close() {
        client.disconnect().await();
        host.close();
        vertx.close().await();
    }

    @Test
    void fetchesWhatItLacksAfterReady() {
        server.answer(command -> List.of(isHello(command) ? READY : changes(2, message(1, 2))));

        client.connect().await();

        until(state -> position(state) == 2 && numbers(state).equals(List.of(1L)));
        assertThat(server.received("changes")
                        .map(command -> command.path("after").asLong()))
                .containsExactly(0L);
    }

    @Test
    void aJumpOfVersionsIsHealedByAsking() {
        server.answer(command -> List.of(
                isHello(command)
                        ? READY
                        : command.path("after").asLong() == 0 ? changes(2, message(1, 2)) : changes(3, message(2, 3))));
        client.connect().await();
        until(state -> position(state) == 2);

        server.push(created(3, 4));

        until(state -> position(state) == 4 && numbers(state).equals(List.of(1L, 2L, 3L)));
        assertThat(server.received("changes")
                        .map(command -> command.path("after").asLong()))
                .containsExactly(0L, 2L);
    }

    @Test
    void takesArraysOfFramesAndStateInsteadOfEvents() {
        server.answer(command -> List.of(isHello(command) ? READY : changes(2, message(1, 2))));
        client.connect().await();
        until(state -> position(state) == 2);

        server.push("[" + created(2, 3) + ",{'type':'changes','conversation':'" + ROOM
                + "','after':3,'result':{'epoch':'one','version':5,'messages':[" + message(3, 4) + "," + message(4, 5)
                + "],'members':[],'more':false,'reset':false}}," + created(5, 6) + "]");

        until(state -> position(state) == 6 && numbers(state).equals(List.of(1L, 2L, 3L, 4L, 5L)));
        assertThat(server.received("changes")).hasSize(1);
    }

    @Test
    void repeatsWhatMayBeLostWithTheSameIdsAndInOrder() {
        AtomicInteger sends = new AtomicInteger();
        server.answer(command -> List.of(
                isHello(command)
                        ? READY
                        : !command.path("type").asText().equals("message.send")
                                ? changes(2, message(1, 2))
                                : sends.incrementAndGet() <= 2
                                        ? "{'type':'error','id':'$id','error':{'code':'unavailable','detail':'?'}}"
                                        : "{'type':'ok','id':'$id','result':{'id':'"
                                                + command.path("message")
                                                        .path("id")
                                                        .asText()
                                                + "','number':" + sends.get() + ",'version':9}}"));
        client.connect().await();

        Future<SentMessage> first = client.send(ROOM, "first");
        Future<SentMessage> second = client.send(ROOM, "second");

        assertThat(first.await().number()).isEqualTo(3);
        assertThat(second.await().number()).isEqualTo(4);
        List<String> texts = server.received("message.send")
                .map(command -> command.path("message").path("text").asText())
                .toList();
        List<String> ids = server.received("message.send")
                .map(command -> command.path("message").path("id").asText())
                .toList();
        assertThat(texts).containsExactly("first", "second", "first", "second");
        assertThat(ids.subList(2, 4)).isEqualTo(ids.subList(0, 2));
    }

    @Test
    void comesBackWithItsCursorAndSendsWhatHadNoAnswer() {
        server.answer(command -> isHello(command) ? List.of(READY) : List.of());
        client.connect().await();
        Future<SentMessage> sent = client.send(ROOM, "hello");
        Awaitility.await().until(() -> server.received("message.send").count() == 1);

        server.answer(command -> List.of(
                isHello(command)
                        ? READY
                        : command.has("message")
                                ? "{'type':'ok','id':'$id','result':{'id':'"
                                        + command.path("message").path("id").asText() + "','number':7,'version':9}}"
                                : changes(2, message(1, 2))));
        server.push("{'type':'goaway','retryAfterMs':50}");
        server.close(1012);

        assertThat(sent.await().number()).isEqualTo(7);
        assertThat(server.received("hello")
                        .map(command -> command.path("cursor").asText()))
                .containsExactly("", "c1");
        assertThat(client.closeCodes().await()).containsExactly(1012);
    }

    @Test
    void aNewEpochVoidsEverything() {
        server.answer(command -> List.of(isHello(command) ? READY : changes(2, message(1, 2))));
        client.connect().await();
        until(state -> position(state) == 2);

        server.answer(command -> List.of(
                isHello(command)
                        ? READY.replace("'epoch':'one'", "'epoch':'two'").replace("'lastVersion':2", "'lastVersion':1")
                        : changes(1, "")));
        server.close(1012);

        until(state -> state.epoch().equals("two")
                && position(state) == 1
                && numbers(state).isEmpty());
    }

    @Test
    void staysAwayWhenReplaced() {
        server.answer(command -> List.of(isHello(command) ? READY : changes(2, message(1, 2))));
        client.connect().await();

        server.close(4409);

        Awaitility.await().until(() -> client.closeCodes().await().equals(List.of(4409)));
        Awaitility.await()
                .during(Duration.ofMillis(700))
                .until(() -> server.received("hello").count() == 1);
    }

    private static boolean isHello(JsonNode command) {
        return command.path("type").asText().equals("hello");
    }

    private static String changes(long version, String messages) {
        return "{'type':'ok','id':'$id','result':{'epoch':'one','version':" + version + ",'messages':[" + messages
                + "],'members':[],'more':false,'reset':false}}";
    }

    private static String created(long number, long version) {
        return "{'type':'message.created','conversation':'" + ROOM + "','version':" + version + ",'message':"
                + message(number, version) + "}";
    }

    private static String message(long number, long version) {
        return "{'id':'" + new UUID(1, number) + "','conversation':'" + ROOM + "','number':" + number + ",'version':"
                + version + ",'sender':'" + new UUID(2, 2) + "','type':'text','text':'message " + number + "'}";
    }

    private void until(Predicate<ClientState> condition) {
        Awaitility.await().until(() -> client.ask(condition::test).await());
    }

    private static long position(ClientState state) {
        ConversationState found = state.find(ROOM);
        return found == null ? -1 : found.position();
    }

    private static List<Long> numbers(ClientState state) {
        ConversationState found = state.find(ROOM);
        return found == null ? List.of() : List.copyOf(found.messages().keySet());
    }
}
