package io.parley.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.support.Config;
import io.parley.support.ConfigLoader;
import io.parley.support.Metrics;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
    private static final Duration PATIENCE = Duration.ofMillis(600);

    private final Vertx vertx = Vertx.vertx();
    private final Metrics metrics = new Metrics();
    private final AtomicInteger open = new AtomicInteger();
    private final Promise<Void> work = Promise.promise();
    private final Config config = ConfigLoader.load(null, Map.of("PARLEY_HTTP_PORT", "0"));
    private HttpServer server;

    @BeforeEach
    void start() {
        server = RunningHttp.await(vertx.deployVerticle(context -> {
                    Connections connections = new Connections(vertx, open, 10, PATIENCE, metrics);
                    return vertx.createHttpServer(HttpVerticle.options(config.http()))
                            .connectionHandler(connections::opened)
                            .requestHandler(request -> {
                                connections.received(request.connection());
                                work.future()
                                        .onComplete(done -> request.response()
                                                .end()
                                                .onComplete(sent -> connections.answered(request.connection(), 0)));
                            })
                            .listen()
                            .onSuccess(bound -> server = bound);
                })
                .map(id -> server));
    }

    @AfterEach
    void stop() {
        RunningHttp.await(vertx.close());
        metrics.close();
    }

    private NetSocket connect(AtomicBoolean closed) {
        NetSocket socket = RunningHttp.await(vertx.createNetClient().connect(server.actualPort(), "127.0.0.1"));
        socket.closeHandler(end -> closed.set(true));
        return socket;
    }

    @Test
    void aPeerThatTricklesItsRequestIsCutOff() {
        AtomicBoolean closed = new AtomicBoolean();
        NetSocket socket = connect(closed);
        long timer = vertx.setPeriodic(50, tick -> socket.write("G"));

        await().untilTrue(closed);

        vertx.cancelTimer(timer);
        await().untilAtomic(open, org.hamcrest.Matchers.is(0));
        assertThat(metrics.scrape()).contains("parley_http_connections 0");
    }

    @Test
    void aPeerThatWaitsForItsAnswerIsNot() {
        AtomicBoolean closed = new AtomicBoolean();
        NetSocket socket = connect(closed);
        socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

        await().during(PATIENCE.multipliedBy(2)).until(() -> !closed.get());
        work.complete();

        // Answered, it has the same time again for its next request, and then it is cut off as well.
        await().untilTrue(closed);
    }
}
