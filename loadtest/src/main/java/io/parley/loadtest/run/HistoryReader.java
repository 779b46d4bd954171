package io.parley.loadtest.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.parley.loadtest.check.Recorder;
import io.parley.loadtest.provision.Population;
import io.parley.loadtest.scenario.Talk.Activity;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Reads pages of history over REST, at even intervals whatever becomes of earlier ones, each by another person
 * somewhere in one of his conversations. Latencies count from the time a page was due. A page must be without gap and
 * from the conversation asked for.
 */
final class HistoryReader {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double SECOND = 1e9;

    private final HttpClient http;
    private final URI base;
    private final Population population;
    private final Activity activity;
    private volatile List<String> tokens;
    private Recorder recorder = new Recorder();
    private @Nullable Thread thread;
    private volatile boolean stopped;

    HistoryReader(HttpClient http, URI base, Population population, Activity activity) {
        this.http = http;
        this.base = base;
        this.population = population;
        this.activity = activity;
        this.tokens = population.people().stream().map(Population.Person::token).toList();
    }

    void renew(List<String> newer) {
        tokens = newer;
    }

    /** What was recorded since the last call. */
    synchronized Recorder take() {
        Recorder taken = recorder;
        recorder = new Recorder();
        return taken;
    }

    /** @param heads where the rooms are */
    void begin(long[] heads, long startNanos) {
        if (activity.pagesPerSecond() > 0) {
            stopped = false;
            Thread reading = new Thread(() -> read(heads, startNanos), "history");
            reading.setDaemon(true);
            reading.start();
            thread = reading;
        }
    }

    void end() {
        stopped = true;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    private void read(long[] heads, long startNanos) {
        SplittableRandom random = new SplittableRandom(startNanos);
        for (long page = 0; !stopped; page++) {
            long due = startNanos + (long) (page * SECOND / activity.pagesPerSecond());
            for (long left = due - System.nanoTime(); left > 0 && !stopped; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            if (!stopped) {
                int person = random.nextInt(population.people().size());
                int[] rooms = population.topology().roomsOf().get(person);
                int room = rooms[random.nextInt(rooms.length)];
                ask(due, person, population.rooms().get(room), random.nextLong(heads[room] + 2) + 2);
            }
        }
    }

    private void ask(long due, int person, UUID room, long before) {
        HttpRequest request = HttpRequest.newBuilder(base.resolve("/api/v1/conversations/" + room + "/messages?before="
                        + before + "&limit=" + activity.pageSize()))
                .header("Authorization", "Bearer " + tokens.get(person))
                .timeout(Duration.ofSeconds(30))
                .build();
        CompletableFuture<HttpResponse<byte[]>> unused = http.sendAsync(
                        request, HttpResponse.BodyHandlers.ofByteArray())
                .whenComplete((answer, failure) -> done(due, room, before, answer, failure));
    }

    private void done(
            long due, UUID room, long before, @Nullable HttpResponse<byte[]> answer, @Nullable Throwable failure) {
        long now = System.nanoTime();
        String fault = answer == null ? "history: " + failure : fault(room, before, answer);
        synchronized (this) {
            if (fault.isEmpty()) {
                recorder.page(due, now);
            } else {
                recorder.error(fault);
            }
        }
    }

    private static String fault(UUID room, long before, HttpResponse<byte[]> answer) {
        if (answer.statusCode() != 200) {
            return "history: HTTP status " + answer.statusCode();
        }
        try {
            return isWhole(JSON.readTree(answer.body()).path("items"), room, before) ? "" : "history: a page with gaps";
        } catch (IOException bad) {
            return "history: no JSON";
        }
    }

    /** Ascending without gap, all below the limit, all of this conversation. */
    static boolean isWhole(JsonNode items, UUID room, long before) {
        long last = 0;
        for (JsonNode item : items) {
            long number = item.path("number").asLong();
            boolean follows = last == 0 || number == last + 1;
            if (!follows
                    || number >= before
                    || !item.path("conversation").asText().equals(room.toString())) {
                return false;
            }
            last = number;
        }
        return items.isArray();
    }
}
