package io.parley.support.testing;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * A web server of this host with a page at every address, whose title is the path. What begins with {@code /none} is not
 * there; what begins with {@code /held} answers when it is let go, what begins with {@code /flaky} hangs up the first time.
 */
public final class TestPages {
    private final HttpServer server;
    private final List<Request> asked = new CopyOnWriteArrayList<>();
    private final Map<String, Promise<Void>> held = new ConcurrentHashMap<>();

    private record Request(String path, String by) {}

    public TestPages(Vertx vertx) throws Exception {
        server = vertx.createHttpServer()
                .requestHandler(this::answer)
                .listen(0, "127.0.0.1")
                .await(10, TimeUnit.SECONDS);
    }

    public int port() {
        return server.actualPort();
    }

    public String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    /** How often somebody has asked for it. */
    public long asked(String path) {
        return askers(path).size();
    }

    /** How those who asked for it introduced themselves. */
    public List<String> askers(String path) {
        return asked.stream()
                .filter(request -> request.path().equals(path))
                .map(Request::by)
                .toList();
    }

    public void letGo(String path) {
        hold(path).tryComplete();
    }

    private Promise<Void> hold(String path) {
        return held.computeIfAbsent(path, unknown -> Promise.promise());
    }

    private void answer(HttpServerRequest request) {
        asked.add(new Request(request.path(), request.getHeader("User-Agent")));
        if (request.path().startsWith("/flaky") && asked(request.path()) == 1) {
            request.connection().close();
            return;
        }
        Future<Void> turn =
                request.path().startsWith("/held") ? hold(request.path()).future() : Future.succeededFuture();
        turn.onSuccess(now -> request.response()
                .setStatusCode(request.path().startsWith("/none") ? 404 : 200)
                .putHeader("Content-Type", "text/html")
                .end("<title>" + request.path() + "</title><meta name=description content='About it'>"));
    }
}
