package io.parley.server.http;

import io.parley.bus.Bus;
import io.parley.server.contract.Contract;
import io.parley.server.limits.Limits;
import io.parley.support.Config;
import io.parley.support.ConfigLoader;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A REST server on a free port with the small contract, and a client for it. */
final class RunningHttp implements AutoCloseable {
    final Vertx vertx = Vertx.vertx();
    final Metrics metrics = new Metrics();
    final Config config;
    final int port;
    private final WebClient client;

    RunningHttp() {
        this(Map.of(), new Health(List.of(), List.of()));
    }

    RunningHttp(Map<String, String> environment, Health health) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("PARLEY_HTTP_PORT", "0");
        config = ConfigLoader.load(null, all);
        HttpVerticle verticle = await(Contract.load(vertx, "contract/small.yaml")
                .map(contract -> new HttpNode(
                        config,
                        new FixedAuthenticator(),
                        Bus.alone(vertx, 1),
                        new Limits(config.limits(), metrics),
                        metrics,
                        contract))
                .map(node -> new HttpVerticle(node, List.of(new FixedFeature()), health, () -> 8081)));
        await(vertx.deployVerticle(verticle));
        port = verticle.port();
        client = WebClient.create(
                vertx,
                new WebClientOptions()
                        .setDefaultHost("127.0.0.1")
                        .setDefaultPort(port)
                        .setFollowRedirects(false));
    }

    HttpResponse<Buffer> get(String path, String... headers) {
        return send("GET", path, null, headers);
    }

    /** @param headers names and values in turn */
    HttpResponse<Buffer> send(String method, String path, @Nullable String body, String... headers) {
        HttpRequest<Buffer> request = client.request(HttpMethod.valueOf(method), path);
        for (int i = 0; i < headers.length; i += 2) {
            request.putHeader(headers[i], headers[i + 1]);
        }
        return await(body == null ? request.send() : request.sendBuffer(Buffer.buffer(body)));
    }

    /** Sends bytes as they are and reads until the server closes. */
    String raw(String bytes) {
        return await(vertx.createNetClient().connect(port, "127.0.0.1").compose(socket -> {
            Buffer answer = Buffer.buffer();
            Future<String> closed = Future.future(promise -> {
                socket.handler(answer::appendBuffer);
                socket.closeHandler(end -> promise.tryComplete(answer.toString()));
                socket.exceptionHandler(reset -> promise.tryComplete(answer.toString()));
            });
            return socket.write(bytes).compose(written -> closed, reset -> closed);
        }));
    }

    static JsonObject json(HttpResponse<Buffer> response) {
        return Objects.requireNonNull(response.bodyAsJsonObject());
    }

    static <T> T await(Future<T> future) {
        try {
            return future.await(60, TimeUnit.SECONDS);
        } catch (java.util.concurrent.TimeoutException late) {
            throw new AssertionError("not within a minute", late);
        }
    }

    /** Not before the pages are read, which it goes on with after its start: it would complain in the log. */
    @Override
    public void close() {
        send("HEAD", "/docs/swagger-ui/swagger-ui-bundle.js", null);
        await(vertx.close());
        metrics.close();
    }
}
