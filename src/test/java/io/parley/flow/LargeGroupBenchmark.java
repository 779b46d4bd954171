package io.parley.flow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.parley.support.Ids;
import io.parley.support.testing.client.ClientHost;
import io.parley.support.testing.client.OperatorApi;
import io.parley.support.testing.client.PersonApi;
import io.parley.support.testing.client.Rest;
import io.parley.support.testing.node.NodeConfig;
import io.parley.support.testing.node.RunningNode;
import io.parley.support.testing.node.TestNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Measures what a very large group costs whoever asks over REST: adding people, all pages of the members, searches of
 * them, a message, a setting, deleting and restoring. One node with its embedded servers; nobody is connected.
 *
 * <p>Argument, optional: number of members.
 */
public final class LargeGroupBenchmark {
    private static final int A_CALL = 1_000;
    private static final int TIMES = 20;

    private final PersonApi owner;
    private final UUID group = Ids.next();

    private LargeGroupBenchmark(PersonApi owner) {
        this.owner = owner;
    }

    public static void main(String[] args) throws Exception {
        int members = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
        Path data = Files.createTempDirectory("parley-large-");
        Vertx vertx = Vertx.vertx();
        try (TestNode node = TestNode.start(NodeConfig.on(data));
                ClientHost clients = new ClientHost(vertx, node.endpoints())) {
            OperatorApi operator = new OperatorApi(clients.rest(), node.operatorKey());
            List<String> names = new ArrayList<>();
            for (int i = 0; i < members; i++) {
                names.add("p" + Integer.toString(i * 7 % members, 36) + "x" + i);
            }
            List<UUID> people = await(operator.people(names));
            PersonApi owner = new PersonApi(clients.rest(), operator.tokensOf(people.getFirst()));
            new LargeGroupBenchmark(owner).run(people.subList(1, people.size()));
        }
        await(vertx.close());
        RunningNode.delete(data);
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(600, TimeUnit.SECONDS)
                .join();
    }

    private void run(List<UUID> people) {
        await(owner.group(group, "Large", List.of(), "all"));
        List<Long> calls = new ArrayList<>();
        long begun = System.nanoTime();
        for (int from = 0; from < people.size(); from += A_CALL) {
            List<UUID> some = people.subList(from, Math.min(people.size(), from + A_CALL));
            calls.add(millis(() -> await(owner.addMembers(group, some))));
        }
        System.out.printf("%,d members added in %.1f s%n", people.size(), (System.nanoTime() - begun) / 1e9);
        System.out.printf("the first call %d ms, the last %d ms%n", calls.getFirst(), calls.getLast());
        print("a call with a thousand", calls);
        pages();
        measure("members by a long beginning", () -> get("/members?limit=100&q=p3zz"));
        measure("members by one letter", () -> get("/members?limit=100&q=p"));
        measure("members by what nobody is called", () -> get("/members?limit=100&q=zz"));
        measure("a message", () -> await(owner.send(group, Ids.next(), "Hello")));
        measure("a setting", () -> call(HttpMethod.PATCH, "", topic()));
        System.out.printf("deleted in %d ms%n", millis(() -> call(HttpMethod.DELETE, "", null)));
        System.out.printf("restored in %d ms%n", millis(() -> call(HttpMethod.POST, "/restore", null)));
    }

    /** The whole list, by its cursor. */
    private void pages() {
        List<Long> times = new ArrayList<>();
        int found = 0;
        JsonNode page;
        String cursor = "";
        do {
            String path = "/members?limit=100" + cursor;
            long begun = System.nanoTime();
            page = get(path);
            times.add(millisSince(begun));
            found += page.get("items").size();
            cursor = "&cursor=" + page.get("next").asText();
        } while (!page.get("next").isNull());
        System.out.printf("%,d members listed%n", found);
        print("a page of a hundred", times);
    }

    private JsonNode topic() {
        return JsonNodeFactory.instance.objectNode().put("topic", "Topic " + Ids.next());
    }

    private static void measure(String what, Supplier<?> task) {
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < TIMES; i++) {
            times.add(millis(task));
        }
        print(what, times);
    }

    private static void print(String what, List<Long> times) {
        times.sort(null);
        System.out.printf("%s: median %d ms, worst %d ms%n", what, times.get(times.size() / 2), times.getLast());
    }

    private JsonNode get(String path) {
        return call(HttpMethod.GET, path, null).body();
    }

    private Rest.Reply call(HttpMethod method, String path, @Nullable JsonNode body) {
        Rest.Reply reply = await(owner.call(method, "/conversations/" + group + path, body));
        if (reply.status() >= 300) {
            throw new IllegalStateException(reply.text());
        }
        return reply;
    }

    private static long millis(Supplier<?> task) {
        long begun = System.nanoTime();
        task.get();
        return millisSince(begun);
    }

    private static long millisSince(long begun) {
        return (System.nanoTime() - begun) / 1_000_000;
    }
}
