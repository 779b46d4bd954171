package io.parley.loadtest.probe;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/**
 * Reads what the servers tell of themselves on their management ports. A server that does not answer counts as nothing.
 */
public final class Metrics {
    private final HttpClient http;
    private final List<URI> addresses;

    /** @param addresses of the figures of each server */
    public Metrics(HttpClient http, List<URI> addresses) {
        this.http = http;
        this.addresses = List.copyOf(addresses);
    }

    /**
     * Sums over all servers.
     *
     * @param servers that have answered
     * @param heapBytes used, garbage included
     * @param gcSeconds of pauses since they began
     * @param sessions that have said hello
     */
    public record Figures(int servers, long heapBytes, double gcSeconds, long sessions) {
        static final Figures NONE = new Figures(0, 0, 0, 0);

        Figures plus(Figures other) {
            return new Figures(
                    servers + other.servers,
                    heapBytes + other.heapBytes,
                    gcSeconds + other.gcSeconds,
                    sessions + other.sessions);
        }
    }

    Figures read() {
        return addresses.stream().map(this::read).reduce(Figures.NONE, Figures::plus);
    }

    private Figures read(URI address) {
        HttpRequest request =
                HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(2)).build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 ? parse(answer.body()) : Figures.NONE;
        } catch (IOException unreachable) {
            return Figures.NONE;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return Figures.NONE;
        }
    }

    static Figures parse(String text) {
        double heap = 0;
        double gc = 0;
        double sessions = 0;
        for (String line : text.split("\n", -1)) {
            if (line.startsWith("jvm_memory_used_bytes") && line.contains("area=\"heap\"")) {
                heap += value(line);
            } else if (line.startsWith("jvm_gc_pause_seconds_sum")) {
                gc += value(line);
            } else if (line.startsWith("parley_sessions ")) {
                sessions += value(line);
            }
        }
        return new Figures(1, (long) heap, gc, (long) sessions);
    }

    private static double value(String line) {
        try {
            return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
        } catch (NumberFormatException strange) {
            return 0;
        }
    }
}
