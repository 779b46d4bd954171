package io.parley.flow;

import static io.parley.support.testing.client.Cast.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.ClientHost;
import io.parley.support.testing.client.OperatorApi;
import io.parley.support.testing.client.ParleyClient;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.PersonApi;
import io.parley.support.testing.node.NodeConfig;
import io.parley.support.testing.node.RunningNode;
import io.parley.support.testing.node.TestNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/**
 * Measures many messages that disappear in the same second, on a node of its own, while somebody sends one message after
 * the other: to a conversation in which they disappear, and to one in which nothing does.
 *
 * <p>Arguments, all optional: messages, conversations that they are spread over.
 */
public final class ExpiryBenchmark {
    private static final int UNDER_WAY = 100;
    private static final int SENDS_ALONE = 300;
    private static final Pattern GONE = Pattern.compile("(?m)^parley_messages_expired_total(?:\\{.*})? (\\S+)$");

    private ExpiryBenchmark() {}

    public static void main(String[] args) throws Exception {
        int messages = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
        int rooms = args.length > 1 ? Integer.parseInt(args[1]) : 1;
        Vertx vertx = Vertx.vertx();
        Path data = Files.createTempDirectory("parley-expiry-");
        try (TestNode node = TestNode.start(NodeConfig.on(data).with("limits.disappearLeastSeconds", "1"));
                ClientHost clients = new ClientHost(vertx, node.endpoints())) {
            OperatorApi operator = new OperatorApi(clients.rest(), node.operatorKey());
            try (Cast cast = new Cast(clients, operator)) {
                measure(node, cast, messages, rooms);
            }
        } finally {
            vertx.close().await();
            RunningNode.delete(data);
        }
    }

    private static void measure(TestNode node, Cast cast, int messages, int spread) {
        Person ada = cast.person("ada");
        List<UUID> rooms = new ArrayList<>();
        for (int i = 0; i < spread; i++) {
            rooms.add(cast.group(ada));
        }
        UUID calm = cast.group(ada);
        ParleyClient sender = cast.connected(ada, "phone");
        fill(cast.api(ada), rooms, messages);
        Histogram alone = new Histogram(3);
        for (int i = 0; i < SENDS_ALONE; i++) {
            send(sender, calm, alone);
        }

        Histogram here = new Histogram(3);
        Histogram elsewhere = new Histogram(3);
        long begun = 0;
        long gone = 0;
        while (gone < messages) {
            send(sender, rooms.getFirst(), here);
            send(sender, calm, elsewhere);
            gone = gone(node);
            if (gone == 0) {
                here.reset();
                elsewhere.reset();
                begun = System.nanoTime();
            }
        }
        System.out.printf(
                "%d messages in %d conversations were gone %d ms after the first ones%n",
                messages, spread, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
        System.out.println("a send alone:                    " + describe(alone));
        System.out.println("to where messages disappear:     " + describe(here));
        System.out.println("to another conversation:         " + describe(elsewhere));
    }

    /** So that the time of all comes at the same moment, some seconds after the last one was sent. */
    private static void fill(PersonApi api, List<UUID> rooms, int messages) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15 + messages / 200);
        Queue<Future<?>> underWay = new ArrayDeque<>();
        for (int i = 0; i < messages; i++) {
            if (underWay.size() == UNDER_WAY) {
                await(underWay.remove());
            }
            long seconds = Math.max(1, TimeUnit.NANOSECONDS.toSeconds(end - System.nanoTime()));
            underWay.add(api.ask(
                    HttpMethod.POST,
                    "/conversations/" + rooms.get(i % rooms.size()) + "/messages",
                    JsonNodeFactory.instance
                            .objectNode()
                            .put("type", "text")
                            .put("text", "Gone soon " + i)
                            .put("disappearAfter", seconds)));
        }
        underWay.forEach(Cast::await);
    }

    private static long gone(TestNode node) {
        try (InputStream figures =
                node.endpoints().management().resolve("/metrics").toURL().openStream()) {
            Matcher counted = GONE.matcher(new String(figures.readAllBytes(), StandardCharsets.UTF_8));
            return counted.find() ? (long) Double.parseDouble(counted.group(1)) : 0;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void send(ParleyClient sender, UUID room, Histogram micros) {
        long begun = System.nanoTime();
        await(sender.send(room, "Beside it"));
        micros.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begun));
    }

    private static String describe(Histogram micros) {
        return "%d sends, median %.1f ms, p99 %.1f ms, longest %.1f ms"
                .formatted(
                        micros.getTotalCount(),
                        micros.getValueAtPercentile(50) / 1e3,
                        micros.getValueAtPercentile(99) / 1e3,
                        micros.getMaxValue() / 1e3);
    }
}
