package io.parley.server.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.parley.server.outbound.Unreachable.Reason;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SelfSignedCertificate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against real servers on this host, with a name server that lies as told. 127.0.0.1 passes for public, its neighbours do not. */
class WebFetcherTest {
    private static final int MOST_BYTES = 64 * 1024;
    private static final int MOST_REDIRECTS = 3;
    private static final long SHORT_MS = 1_500;

    private final Vertx vertx = Vertx.vertx();
    private final List<Integer> ports = new ArrayList<>();
    private long mostMs = 30_000;
    private StandInDns dns;

    @BeforeEach
    void begin() throws Exception {
        dns = new StandInDns(vertx);
        dns.say("page.example", List.of(List.of("127.0.0.1")));
    }

    @AfterEach
    void end() throws Exception {
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    private int serve(Consumer<HttpServerRequest> handler) throws Exception {
        return serve("127.0.0.1", 0, handler);
    }

    private int serve(String host, int port, Consumer<HttpServerRequest> handler) throws Exception {
        int bound = vertx.createHttpServer(new HttpServerOptions().setIdleTimeout(20))
                .requestHandler(handler::accept)
                .listen(port, host)
                .await(10, TimeUnit.SECONDS)
                .actualPort();
        ports.add(bound);
        return bound;
    }

    /** A server that speaks no HTTP but what the test says. */
    private int speak(Consumer<NetSocket> handler) throws Exception {
        int bound = vertx.createNetServer()
                .connectHandler(handler::accept)
                .listen(0, "127.0.0.1")
                .await(10, TimeUnit.SECONDS)
                .actualPort();
        ports.add(bound);
        return bound;
    }

    private WebFetcher fetcher() {
        return fetcher(new HttpClientOptions());
    }

    private WebFetcher fetcher(HttpClientOptions options) {
        WebFetcher.Terms terms = new WebFetcher.Terms(
                "Tester/1", Set.of("text/html"), Set.of("image/"), MOST_BYTES, MOST_REDIRECTS, mostMs);
        OutboundPolicy policy = new OutboundPolicy(ports, List.of(), List.of("denied.example"), List.of("127.0.0.1"));
        return new WebFetcher(vertx, options, new DnsNames(vertx, dns.options()), policy, terms);
    }

    private Fetched get(String url) throws Exception {
        return fetcher().get(url).await(40, TimeUnit.SECONDS);
    }

    private void assertFails(String url, Reason reason) {
        assertThatThrownBy(() -> get(url))
                .as(url)
                .isInstanceOfSatisfying(
                        Unreachable.class, failed -> assertThat(failed.reason()).isEqualTo(reason));
    }

    private static void html(HttpServerRequest request, String body) {
        request.response().putHeader("Content-Type", "text/html; charset=utf-8").end(body);
    }

    private static String text(Fetched fetched) {
        return new String(fetched.content(), StandardCharsets.UTF_8);
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(content);
        }
        return packed.toByteArray();
    }

    @Test
    void aPageIsFetchedByItsNameWithoutTellingMoreThanNeeded() throws Exception {
        List<String> headers = new CopyOnWriteArrayList<>();
        int port = serve(request -> {
            request.headers().forEach(header -> headers.add(header.getKey().toLowerCase() + ": " + header.getValue()));
            request.response().putHeader("Set-Cookie", "a=b").putHeader("X-Uri", request.uri());
            html(request, "Hello");
        });

        Fetched fetched = get("http://PAGE.example:" + port + "/ä?b#c");
        get("http://page.example:" + port + "/");

        assertThat(text(fetched)).isEqualTo("Hello");
        assertThat(fetched.mediaType()).isEqualTo("text/html");
        assertThat(fetched.type()).isEqualTo("text/html; charset=utf-8");
        assertThat(fetched.address()).hasToString("http://page.example:" + port + "/%c3%a4?b");
        assertThat(headers)
                .containsOnly(
                        "host: page.example:" + port,
                        "user-agent: Tester/1",
                        "accept: text/html,application/xhtml+xml;q=0.9,image/*;q=0.5",
                        "accept-encoding: gzip",
                        "connection: close");
    }

    /** A name that is public when it is judged and ours when it is connected to. */
    @Test
    void aNameIsResolvedOnceAndConnectedToAsJudged() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        int port = serve(request -> html(request, "outside"));
        serve("127.0.0.2", port, request -> {
            inside.incrementAndGet();
            html(request, "inside");
        });
        dns.say("rebind.example", List.of(List.of("127.0.0.1"), List.of("127.0.0.2")));

        assertThat(text(get("http://rebind.example:" + port + "/"))).isEqualTo("outside");
        assertThat(dns.asked()).containsExactly("rebind.example");
        assertFails("http://rebind.example:" + port + "/", Reason.PRIVATE);
        assertThat(inside).hasValue(0);
    }

    @Test
    void aNameThatBecomesOursBetweenTwoRedirectsIsNotFollowed() throws Exception {
        int port = serve(request -> request.response()
                .setStatusCode(302)
                .putHeader("Location", "/next")
                .end());
        dns.say("rebind.example", List.of(List.of("127.0.0.1"), List.of("127.0.0.2")));

        assertFails("http://rebind.example:" + port + "/", Reason.PRIVATE);
    }

    @Test
    void aNameWithOnePrivateAddressAmongOthersIsRefused() throws Exception {
        int port = serve(request -> html(request, "x"));
        dns.say("both.example", List.of(List.of("127.0.0.1", "10.0.0.1")));

        assertFails("http://both.example:" + port + "/", Reason.PRIVATE);
    }

    @Test
    void redirectsLeadNowhereThatTheFirstAddressCouldNot() throws Exception {
        int port = serve(request -> request.response()
                .setStatusCode(307)
                .putHeader("Location", request.uri().substring(1))
                .end());
        String here = "http://page.example:" + port + "/";

        assertFails(here + "http://127.0.0.2:" + port + "/", Reason.PRIVATE);
        assertFails(here + "http://[::1]:" + port + "/", Reason.PRIVATE);
        assertFails(here + "http://[::ffff:127.0.0.2]:" + port + "/", Reason.PRIVATE);
        assertFails(here + "http://169.254.169.254:" + port + "/latest/meta-data/", Reason.PRIVATE);
        assertFails(here + "http://2130706434:" + port + "/", Reason.HOST);
        assertFails(here + "http://localhost:" + port + "/", Reason.HOST);
        assertFails(here + "http://127.0.0.1:22/", Reason.PORT);
        assertFails(here + "http://a:b@page.example:" + port + "/", Reason.CREDENTIALS);
        assertFails(here + "http://x.denied.example:" + port + "/", Reason.DENIED);
        assertFails(here + "file:///etc/passwd", Reason.ADDRESS);
        assertFails(here + "gopher://127.0.0.1:6379/_FLUSHALL", Reason.ADDRESS);
    }

    @Test
    void threeRedirectsAreFollowedAndNoMore() throws Exception {
        int port = serve(request -> {
            int left = Integer.parseInt(request.path().substring(1));
            if (left == 0) {
                html(request, "there");
            } else {
                request.response()
                        .setStatusCode(301)
                        .putHeader("Location", "/" + (left - 1))
                        .end("moved");
            }
        });

        assertThat(text(get("http://page.example:" + port + "/3"))).isEqualTo("there");
        assertThat(get("http://page.example:" + port + "/3").address().target()).isEqualTo("/0");
        assertFails("http://page.example:" + port + "/4", Reason.REDIRECTS);
    }

    @Test
    void whatHasNothingToShowIsSaidToBeUseless() throws Exception {
        int port = serve(request -> {
            switch (request.path()) {
                case "/pdf" ->
                    request.response()
                            .putHeader("Content-Type", "application/pdf")
                            .end("%PDF");
                case "/bare" -> request.response().end("x");
                case "/packed" ->
                    request.response()
                            .putHeader("Content-Encoding", "br")
                            .putHeader("Content-Type", "text/html")
                            .end("x");
                case "/nowhere" -> request.response().setStatusCode(302).end();
                default ->
                    request.response()
                            .setStatusCode(Integer.parseInt(request.path().substring(1)))
                            .end();
            }
        });
        String here = "http://page.example:" + port;

        assertFails(here + "/pdf", Reason.TYPE);
        assertFails(here + "/bare", Reason.TYPE);
        assertFails(here + "/packed", Reason.ENCODING);
        for (int status : List.of(204, 206, 300, 304, 401, 403, 404, 410, 429, 500, 503)) {
            assertFails(here + "/" + status, Reason.STATUS);
        }
        assertFails(here + "/nowhere", Reason.STATUS);
    }

    @Test
    void ofAnImageOnlyTypeAndLengthAreNoted() throws Exception {
        int port = serve(request -> request.response()
                .putHeader("Content-Type", "Image/PNG")
                .putHeader("Content-Length", "1000000")
                .write(Buffer.buffer(new byte[1_000])));

        Fetched fetched = get("http://page.example:" + port + "/1.png");

        assertThat(fetched.mediaType()).isEqualTo("image/png");
        assertThat(fetched.length()).isEqualTo(1_000_000);
        assertThat(fetched.content()).isEmpty();
    }

    @Test
    void aBodyWithoutEndIsCutAndTheConnectionClosed() throws Exception {
        AtomicInteger closed = new AtomicInteger();
        int port = serve(request -> {
            request.connection().closeHandler(gone -> closed.incrementAndGet());
            request.response().setChunked(true).putHeader("Content-Type", "text/html");
            pour(request);
        });

        assertThat(get("http://page.example:" + port + "/").content()).hasSize(MOST_BYTES);
        await().untilAtomic(closed, equalTo(1));
    }

    private static void pour(HttpServerRequest request) {
        request.response().write("x".repeat(4_000)).onSuccess(written -> pour(request));
    }

    @Test
    void aBombIsNotUnpackedFurtherThanAnyPage() throws Exception {
        byte[] bomb = gzip(new byte[30_000_000]);
        int port = serve(request -> request.response()
                .putHeader("Content-Type", "text/html")
                .putHeader("Content-Encoding", "gzip")
                .end(Buffer.buffer(bomb)));

        assertThat(bomb.length).isLessThan(MOST_BYTES);
        assertThat(get("http://page.example:" + port + "/").content()).hasSize(MOST_BYTES);
    }

    @Test
    void packedPagesAreUnpackedAndBrokenOnesAsFarAsTheyGo() throws Exception {
        byte[] packed = gzip("Hello, hello, hello".repeat(200).getBytes(StandardCharsets.UTF_8));
        int port = serve(request -> request.response()
                .putHeader("Content-Type", "text/html")
                .putHeader("Content-Encoding", request.path().substring(1))
                .end(Buffer.buffer(
                        request.query() == null ? packed : Arrays.copyOf(packed, Integer.parseInt(request.query())))));

        assertThat(text(get("http://page.example:" + port + "/gzip"))).isEqualTo("Hello, hello, hello".repeat(200));
        assertThat(text(get("http://page.example:" + port + "/GZIP?30"))).startsWith("Hello");
        assertThat(get("http://page.example:" + port + "/gzip?5").content()).isEmpty();
        assertThat(get("http://page.example:" + port + "/gzip?0").content()).isEmpty();
    }

    @Test
    void whoAnswersTooSlowlyIsHungUpOn() throws Exception {
        mostMs = SHORT_MS;
        AtomicInteger closed = new AtomicInteger();
        int port = speak(socket -> {
            socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n");
            long drip = vertx.setPeriodic(100, again -> socket.write("x"));
            socket.closeHandler(gone -> {
                vertx.cancelTimer(drip);
                closed.incrementAndGet();
            });
        });
        int head = speak(socket -> {
            long drip = vertx.setPeriodic(100, again -> socket.write("H"));
            socket.closeHandler(gone -> {
                vertx.cancelTimer(drip);
                closed.incrementAndGet();
            });
        });
        int mute = speak(socket -> socket.closeHandler(gone -> closed.incrementAndGet()));

        for (int slow : List.of(port, head, mute)) {
            assertFails("http://page.example:" + slow + "/", Reason.TIMEOUT);
        }
        await().untilAtomic(closed, equalTo(3));
    }

    @Test
    void theTimeIsForAllRedirectsTogether() throws Exception {
        mostMs = SHORT_MS;
        int port = serve(request -> vertx.setTimer(
                SHORT_MS / 2,
                later -> request.response()
                        .setStatusCode(302)
                        .putHeader("Location", "/" + System.nanoTime())
                        .end()));

        assertFails("http://page.example:" + port + "/", Reason.TIMEOUT);
    }

    @Test
    void whatIsNotHttpIsAFailure() throws Exception {
        for (String said : List.of(
                "SSH-2.0-OpenSSH_9.2\r\n\r\n",
                "-ERR unknown command\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100\r\n\r\nshort",
                "HTTP/1.1 200 OK\r\nX: " + "y".repeat(100_000) + "\r\n\r\n",
                "")) {
            int port = speak(socket -> {
                socket.write(said.isEmpty() ? "\r\n" : said);
                socket.close();
            });
            assertThatThrownBy(() -> get("http://page.example:" + port + "/"))
                    .as(said)
                    .isInstanceOfSatisfying(
                            Unreachable.class,
                            failed -> assertThat(failed.reason().kind())
                                    .isIn(Unreachable.Kind.BROKEN, Unreachable.Kind.SILENT));
        }
    }

    @Test
    void namesThatDoNotExistAreToldFromNameServersThatDoNotAnswer() throws Exception {
        int port = serve(request -> html(request, "x"));
        assertFails("http://nobody.example:" + port + "/", Reason.NO_NAME);
        dns.say("empty.example", List.of(List.of()));
        assertFails("http://empty.example:" + port + "/", Reason.NO_NAME);
        dns.close();
        assertFails("http://page.example:" + port + "/", Reason.DNS);
    }

    @Test
    void nobodyThereIsAFailureToConnect() throws Exception {
        ports.add(1);

        assertFails("http://page.example:1/", Reason.CONNECT);
    }

    @Test
    void theCertificateMustBeThatOfTheNameAndBeTrusted() throws Exception {
        SelfSignedCertificate certificate = SelfSignedCertificate.create("page.example");
        List<String> names = new CopyOnWriteArrayList<>();
        int port = vertx.createHttpServer(new HttpServerOptions()
                        .setSsl(true)
                        .setSni(true)
                        .setKeyCertOptions(certificate.keyCertOptions()))
                .requestHandler(request -> {
                    names.add(request.connection().indicatedServerName());
                    html(request, "safe");
                })
                .listen(0, "127.0.0.1")
                .await(10, TimeUnit.SECONDS)
                .actualPort();
        ports.add(port);
        dns.say("other.example", List.of(List.of("127.0.0.1")));
        WebFetcher trusting = fetcher(new HttpClientOptions().setTrustOptions(certificate.trustOptions()));

        assertThat(text(trusting.get("https://page.example:" + port + "/").await(20, TimeUnit.SECONDS)))
                .isEqualTo("safe");
        assertThat(names).containsExactly("page.example");
        assertThatThrownBy(() ->
                        trusting.get("https://other.example:" + port + "/").await(20, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        Unreachable.class, failed -> assertThat(failed.reason()).isEqualTo(Reason.TLS));
        assertFails("https://page.example:" + port + "/", Reason.TLS);
        assertThat(names).hasSize(1);
    }
}
