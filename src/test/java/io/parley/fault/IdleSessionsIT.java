package io.parley.fault;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.Ids;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.EventStream;
import io.parley.support.testing.client.LongPoll;
import io.parley.support.testing.client.OperatorApi;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.RawSocket;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.NetClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What sessions cost that do nothing, of which there are very many. */
class IdleSessionsIT {
    private static final int PEOPLE = 100;
    private static final int EACH = 5;
    private static final int ROOMS = 20;

    /** An idle session over a WebSocket takes some 5 KB in this many conversations. */
    private static final int MOST_BYTES = 9_000;

    /** So that nobody goes who is silent. */
    private final Battlefield field = Battlefield.open("session.heartbeatMs", "600000");

    private final Cast cast = new Cast(field.clients(), field.operator());
    private final NetClient network = RawSocket.netClient(field.vertx());
    /** A connection that is kept for the next poll would be counted as the session's. */
    private final HttpClient once = field.vertx().createHttpClient(new HttpClientOptions().setKeepAlive(false));

    private final List<EventStream> streams = new ArrayList<>();
    private int sessions;

    @AfterEach
    void clear() {
        network.close();
        once.close();
        cast.close();
        field.close();
    }

    @Test
    void theyCostAboutTheSameWhateverTheyAreHeldOver() throws Exception {
        List<Person> people =
                cast.people(IntStream.range(0, PEOPLE).mapToObj(i -> "idle" + i).toList());
        List<UUID> ids = people.stream().map(Person::id).toList();
        await(field.operator()
                .groups(IntStream.range(0, ROOMS)
                        .mapToObj(room -> new OperatorApi.Group(Ids.next(), "Room " + room, ids, false))
                        .toList()));
        people.forEach(person -> await(person.tokens().current()));
        // What is made once, for the first of each kind, does not count.
        open(people.subList(0, 20), this::stream);
        open(people.subList(0, 20), this::poll);
        open(people.subList(0, 20), this::socket);

        long socket = bytesEach(people, this::socket);
        long stream = bytesEach(people, this::stream);
        long poll = bytesEach(people, this::poll);

        System.out.println("heap of an idle session in " + ROOMS + " conversations: WebSocket " + socket + ", stream "
                + stream + ", poll " + poll + " bytes");
        assertThat(stream).isLessThan(MOST_BYTES);
        assertThat(poll).isLessThan(MOST_BYTES);
    }

    private long bytesEach(List<Person> people, Function<String, Future<?>> open) throws Exception {
        long before = heap();
        for (int i = 0; i < EACH; i++) {
            open(people, open);
        }
        return (heap() - before) / ((long) PEOPLE * EACH);
    }

    private void open(List<Person> people, Function<String, Future<?>> open) {
        people.stream()
                .map(person -> person.tokens().current().compose(open::apply))
                .toList()
                .forEach(Cast::await);
        sessions += people.size();
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> figure("parley_sessions ") == sessions);
    }

    private Future<?> socket(String token) {
        return RawSocket.open(field.vertx(), network, field.node().endpoints())
                .compose(socket -> socket.sendText("{\"type\":\"hello\",\"id\":\"h\",\"token\":\"" + token + "\"}"));
    }

    private Future<?> stream(String token) {
        return EventStream.open(
                        field.clients().http(),
                        field.node().endpoints(),
                        "",
                        Map.of("authorization", "Bearer " + token),
                        frame -> {})
                .onSuccess(streams::add);
    }

    private Future<?> poll(String token) {
        return poll(token, "").compose(first -> poll(token, first.path("cursor").asText()));
    }

    private Future<JsonNode> poll(String token, String cursor) {
        return LongPoll.once(once, field.node().endpoints(), token, cursor, 0);
    }

    /** In use, after the garbage was collected. */
    private long heap() throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        for (int i = 0; i < 2; i++) {
            new ProcessBuilder(jcmd.toString(), Long.toString(field.node().pid()), "GC.run")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        }
        return (long) figure("jvm_memory_used_bytes{area=\"heap\"");
    }

    private double figure(String line) {
        return await(field.clients()
                        .http()
                        .request(
                                HttpMethod.GET,
                                field.node().endpoints().management().getPort(),
                                field.node().endpoints().management().getHost(),
                                "/metrics")
                        .compose(request -> request.send())
                        .compose(response -> response.body()))
                .toString()
                .lines()
                .filter(found -> found.startsWith(line))
                .mapToDouble(found -> Double.parseDouble(found.substring(found.lastIndexOf(' '))))
                .sum();
    }
}
