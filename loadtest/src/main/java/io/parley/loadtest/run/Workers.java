package io.parley.loadtest.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.loadtest.check.Histograms;
import io.parley.loadtest.check.InvariantCheck;
import io.parley.loadtest.check.Recorder;
import io.parley.loadtest.check.Violations;
import io.parley.loadtest.client.Fleet.Connected;
import io.parley.loadtest.client.Fleet.Share;
import io.parley.loadtest.client.Fleet.Standing;
import io.parley.loadtest.client.Pacer.Paced;
import io.parley.loadtest.provision.Population;
import io.parley.loadtest.report.Figures;
import io.parley.loadtest.scenario.Scenario;
import io.parley.loadtest.scenario.Talk.Activity;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;

/**
 * The people of a run, dealt out to several processes. All carry out one plan, each for its own people, and each checks
 * what its people get; the rest is merged here: histograms, where the rooms are, what was committed and what was
 * received.
 */
final class Workers implements Crowd {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private final HttpClient http;
    private final List<URI> workers;

    /** Tells each worker who its people are. */
    Workers(HttpClient http, List<URI> workers, Population population, List<URI> sockets, Scenario.Common common)
            throws ScenarioFailure {
        this.http = http;
        this.workers = workers;
        all("prepare", index -> share(new Share(index, workers.size()), population, sockets, common));
    }

    private static ObjectNode share(Share share, Population population, List<URI> sockets, Scenario.Common common) {
        ObjectNode told = Figures.object().put("seed", common.seed());
        told.set("share", JSON.valueToTree(share));
        told.set("settings", JSON.valueToTree(common.clients()));
        told.set("layers", JSON.valueToTree(common.rooms()));
        ArrayNode people = told.putArray("people");
        for (Population.Person person : population.people()) {
            boolean here = share.has(people.size());
            people.addObject().put("id", person.id().toString()).put("token", here ? person.token() : "");
        }
        ArrayNode rooms = told.putArray("rooms");
        population.rooms().forEach(room -> rooms.add(room.toString()));
        ArrayNode addresses = told.putArray("sockets");
        sockets.forEach(socket -> addresses.add(socket.toString()));
        return told;
    }

    /** Asks all at once, and waits for all. */
    private List<JsonNode> all(String call, IntFunction<ObjectNode> body) throws ScenarioFailure {
        List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
        for (int i = 0; i < workers.size(); i++) {
            HttpRequest request = HttpRequest.newBuilder(workers.get(i).resolve("/" + call))
                    .timeout(LONGEST)
                    .POST(HttpRequest.BodyPublishers.ofString(body.apply(i).toString()))
                    .build();
            asked.add(http.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
        }
        List<JsonNode> answers = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            answers.add(answer(workers.get(i), asked.get(i)));
        }
        return answers;
    }

    private static JsonNode answer(URI worker, CompletableFuture<HttpResponse<String>> asked) throws ScenarioFailure {
        try {
            HttpResponse<String> response = asked.join();
            JsonNode answer = JSON.readTree(response.body());
            if (response.statusCode() != 200) {
                throw new ScenarioFailure(
                        "worker " + worker + ": " + answer.path("failure").asText());
            }
            return answer;
        } catch (CompletionException | IOException gone) {
            throw new ScenarioFailure("worker " + worker + ": " + gone.getMessage());
        }
    }

    private List<JsonNode> all(String call) throws ScenarioFailure {
        return all(call, index -> Figures.object());
    }

    @Override
    public Connected connect(int people, int mostSeconds) throws ScenarioFailure {
        ObjectNode body = Figures.object().put("people", people).put("mostSeconds", mostSeconds);
        int ready = 0;
        int refused = 0;
        double seconds = 0;
        Histogram times = Histograms.make();
        for (JsonNode answer : all("connect", index -> body)) {
            Connected one = Parcel.connected(answer);
            ready += one.ready();
            refused += one.refused();
            seconds = Math.max(seconds, one.seconds());
            times.add(one.times());
        }
        return new Connected(ready, refused, seconds, times);
    }

    @Override
    public void begin(Order order, Activity activity) throws ScenarioFailure {
        ObjectNode body = Figures.object();
        body.set("order", JSON.valueToTree(order));
        body.set("activity", JSON.valueToTree(activity));
        all("begin", index -> body);
    }

    @Override
    public Pulse pulse() throws ScenarioFailure {
        Recorder recorder = new Recorder();
        Standing standing = new Standing(0, 0);
        for (JsonNode answer : all("pulse")) {
            recorder.add(Parcel.recorder(answer.path("recorder")));
            standing = standing.plus(Parcel.standing(answer.path("standing")));
        }
        return new Pulse(recorder, standing);
    }

    @Override
    public Standing standing() throws ScenarioFailure {
        return all("standing").stream().map(Parcel::standing).reduce(new Standing(0, 0), Standing::plus);
    }

    @Override
    public long[] heads() throws ScenarioFailure {
        List<JsonNode> answers = all("heads");
        long[] heads = Parcel.heads(answers.getFirst());
        answers.forEach(answer -> InvariantCheck.raise(heads, Parcel.heads(answer)));
        return heads;
    }

    /** What one worker lacks may be known to another only: the heads of all come first. */
    @Override
    public Remaining remaining(long[] heads) throws ScenarioFailure {
        long[] highest = heads();
        InvariantCheck.raise(highest, heads);
        boolean sending = false;
        int unanswered = 0;
        long lacking = 0;
        Standing standing = new Standing(0, 0);
        for (JsonNode answer : all("remaining", index -> Parcel.pack(highest))) {
            Remaining one = Parcel.remaining(answer);
            sending |= one.sending();
            unanswered += one.unanswered();
            lacking += one.lacking();
            standing = standing.plus(one.standing());
        }
        return new Remaining(sending, unanswered, lacking, standing, highest);
    }

    @Override
    public Ended end(long[] heads) throws ScenarioFailure {
        int sent = 0;
        int closed = 0;
        int unanswered = 0;
        double busiest = 0;
        int[] committed = new int[heads.length];
        Histogram lateness = Histograms.make();
        Histogram last = Histograms.make();
        Violations violations = new Violations();
        for (JsonNode answer : all("end", index -> Parcel.pack(heads))) {
            Ended one = Parcel.ended(answer);
            sent += one.paced().sent();
            closed += one.paced().closed();
            lateness.add(one.paced().lateness());
            unanswered += one.unanswered();
            last.add(one.last());
            busiest = Math.max(busiest, one.busiest());
            Arrays.setAll(committed, room -> committed[room] + one.committed()[room]);
            violations.addAll(one.violations());
        }
        return new Ended(new Paced(sent, closed, lateness), unanswered, committed, last, busiest, violations);
    }

    @Override
    public void drop(double part) throws ScenarioFailure {
        all("drop", index -> Figures.object().put("part", part));
    }

    @Override
    public void renew(List<String> tokens) throws ScenarioFailure {
        ObjectNode body = Figures.object();
        tokens.forEach(body.putArray("tokens")::add);
        all("renew", index -> body);
    }

    @Override
    public void close() {
        try {
            all("close");
        } catch (ScenarioFailure gone) {
            // The workers' business from here on: they begin anew with the next run.
            return;
        }
    }
}
