package io.parley.flow;

import static io.parley.support.testing.client.Cast.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.ClientHost;
import io.parley.support.testing.client.OperatorApi;
import io.parley.support.testing.client.ParleyClient;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.RawSocket;
import io.parley.support.testing.client.Rest;
import io.parley.support.testing.node.NodeConfig;
import io.parley.support.testing.node.RunningNode;
import io.parley.support.testing.node.TestNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.awaitility.Awaitility;

/**
 * Measures a burst of reactions to one message on a node of its own: each of many people reacts once, over REST, as
 * fast as the node answers. Somebody else sends a message to the same conversation after the other, before the burst and
 * during it; a raw socket counts what everybody is sent.
 *
 * <p>Arguments, all optional: people, calls under way at once.
 */
public final class ReactionBenchmark {
    private static final int AT_ONCE = 1_000;
    private static final int SENDS_ALONE = 200;
    private static final List<String> EMOJI = List.of("❤️", "👍", "🎉");

    private ReactionBenchmark() {}

    public static void main(String[] args) throws Exception {
        int people = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
        int underWay = args.length > 1 ? Integer.parseInt(args[1]) : 500;
        Vertx vertx = Vertx.vertx();
        Path data = Files.createTempDirectory("parley-reactions-");
        try (TestNode node = TestNode.start(NodeConfig.on(data));
                ClientHost clients = new ClientHost(vertx, node.endpoints())) {
            OperatorApi operator = new OperatorApi(clients.rest(), node.operatorKey());
            try (Cast cast = new Cast(clients, operator)) {
                measure(vertx, node, clients, cast, operator, people, underWay);
            }
        } finally {
            vertx.close().await();
            RunningNode.delete(data);
        }
    }

    private static void measure(
            Vertx vertx, TestNode node, ClientHost clients, Cast cast, OperatorApi operator, int many, int underWay)
            throws InterruptedException {
        List<Person> crowd = cast.people(
                IntStream.range(0, many).mapToObj(i -> "reactor" + i).toList());
        List<UUID> ids = crowd.stream().map(Person::id).toList();
        List<String> tokens = await(operator.tokens(ids));
        Person owner = crowd.getFirst();
        UUID group = cast.group(owner);
        for (int from = 1; from < many; from += AT_ONCE) {
            await(cast.api(owner).addMembers(group, ids.subList(from, Math.min(many, from + AT_ONCE))));
        }
        ParleyClient sender = cast.connected(owner, "phone");
        RawSocket watcher = watch(vertx, node, tokens.get(1));
        UUID message = UUID.randomUUID();
        await(sender.send(group, message, "React to this"));
        Histogram alone = new Histogram(3);
        for (int i = 0; i < SENDS_ALONE; i++) {
            send(sender, group, alone);
        }
        long before = version(cast, owner, group);
        int framesBefore = watcher.texts().size();

        AtomicBoolean over = new AtomicBoolean();
        Histogram beside = new Histogram(3);
        Thread sending = Thread.startVirtualThread(() -> {
            while (!over.get()) {
                send(sender, group, beside);
            }
        });
        Rest rest = clients.rest();
        String path = "/conversations/" + group + "/messages/" + message + "/reactions/";
        List<String> paths = EMOJI.stream()
                .map(emoji -> path + URLEncoder.encode(emoji, StandardCharsets.UTF_8))
                .toList();
        long begun = System.nanoTime();
        List<Future<?>> asked = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            if (i >= underWay) {
                await(asked.get(i - underWay));
            }
            asked.add(rest.call(HttpMethod.PUT, paths.get(i % paths.size()), tokens.get(i), null)
                    .compose(Rest.Reply::success));
        }
        asked.forEach(Cast::await);
        long ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        over.set(true);
        sending.join();

        long versions = version(cast, owner, group) - before - beside.getTotalCount();
        List<String> told = watcher
                .texts()
                .subList(framesBefore, watcher.texts().size())
                .stream()
                .filter(frame -> frame.contains("\"reaction."))
                .toList();
        JsonNode read = await(cast.api(owner).history(group)).stream()
                .filter(one -> one.path("id").asText().equals(message.toString()))
                .findFirst()
                .orElseThrow();
        System.out.printf(
                "%d reactions in %d ms (%d a second), %d versions; a socket got %d frames, %d KB%n",
                many,
                ms,
                many * 1_000L / Math.max(1, ms),
                versions,
                told.size(),
                told.stream().mapToInt(String::length).sum() / 1_024);
        System.out.println("shown: " + read.path("reactions"));
        System.out.println("a send alone:      " + describe(alone));
        System.out.println("beside the burst:  " + describe(beside));
    }

    private static RawSocket watch(Vertx vertx, TestNode node, String token) {
        RawSocket socket = await(RawSocket.open(vertx, RawSocket.netClient(vertx), node.endpoints()));
        await(socket.sendText("{\"type\":\"hello\",\"id\":\"1\",\"token\":\"" + token + "\"}"));
        Awaitility.await("ready").until(() -> !socket.frames("ready").isEmpty());
        return socket;
    }

    private static void send(ParleyClient sender, UUID group, Histogram micros) {
        long begun = System.nanoTime();
        await(sender.send(group, "Beside it"));
        micros.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begun));
    }

    private static long version(Cast cast, Person person, UUID group) {
        return await(cast.api(person).conversation(group)).path("lastVersion").asLong();
    }

    private static String describe(Histogram micros) {
        return "%d, median %.1f ms, 99 %% within %.1f ms, longest %.1f ms"
                .formatted(
                        micros.getTotalCount(),
                        micros.getValueAtPercentile(50) / 1e3,
                        micros.getValueAtPercentile(99) / 1e3,
                        micros.getMaxValue() / 1e3);
    }
}
