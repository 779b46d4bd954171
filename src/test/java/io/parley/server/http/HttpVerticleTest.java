package io.parley.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.parley.bus.Bus;
import io.parley.server.Feature;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Contract;
import io.parley.server.contract.ContractDocument;
import io.parley.server.contract.Operation;
import io.parley.server.contract.OperationHost;
import io.parley.server.limits.Limits;
import io.parley.support.Config;
import io.parley.support.ConfigLoader;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class HttpVerticleTest {
    private static final Health WELL = new Health(List.of(), List.of());
    private static final String BODY = "{\"kind\":\"round\",\"name\":\"wheel\",\"number\":9007199254740991}";

    @Test
    void operationsAreAnsweredForThoseTheContractLetsIn() {
        try (RunningHttp http = new RunningHttp()) {
            assertThat(http.get("/api/v1/things/mine", "Authorization", "bearer ada")
                            .bodyAsString())
                    .isEqualTo("\"" + FixedAuthenticator.ADA + "\"");
            assertThat(http.send(
                                    "DELETE",
                                    "/api/v1/things/" + FixedAuthenticator.ADA,
                                    null,
                                    "Authorization",
                                    "Bearer ada")
                            .statusCode())
                    .isEqualTo(204);
            assertThat(http.send(
                                    "POST",
                                    "/api/v1/admin",
                                    null,
                                    "Authorization",
                                    "Bearer " + FixedAuthenticator.OPERATOR_KEY)
                            .statusCode())
                    .isEqualTo(204);
            HttpResponse<Buffer> made =
                    http.send("POST", "/api/v1/things", BODY, "Content-Type", "application/json; charset=UTF-8");
            assertThat(made.statusCode()).isEqualTo(201);
            assertThat(made.bodyAsString()).isEqualTo(BODY);
            assertThat(made.getHeader("Cache-Control")).isEqualTo("no-store");
        }
    }

    @Test
    void parametersArriveAsTheyWereMeant() {
        try (RunningHttp http = new RunningHttp()) {
            assertThat(http.get("/api/v1/things?after=7&q=1.5&deep=true&limit=100&unknown=x")
                            .bodyAsString())
                    .isEqualTo("[\"1.5\",100,\"true\",7]");
            assertThat(http.get("/api/v1/things?after=0&q=%7B%7D").bodyAsString())
                    .isEqualTo("[\"{}\",-1,\"-\",0]");
            assertThat(http.get("/api/v1/things?after=0&q=%2541+b%2Bc").bodyAsString())
                    .isEqualTo("[\"%41 b+c\",-1,\"-\",0]");
        }
    }

    @Test
    void anOptionalBodyMayBeLeftOut() {
        try (RunningHttp http = new RunningHttp()) {
            assertThat(http.send("POST", "/api/v1/optional", null).bodyAsString())
                    .isEqualTo("{}");
            assertThat(http.send("POST", "/api/v1/optional", "{\"a\":1}", "Content-Type", "application/json")
                            .bodyAsString())
                    .isEqualTo("{\"a\":1}");
        }
    }

    @Test
    void headAnswersLikeGetWithoutABodyAndOptionsTellsTheMethods() {
        try (RunningHttp http = new RunningHttp()) {
            HttpResponse<Buffer> head = http.send("HEAD", "/api/v1/things?after=1", null);
            HttpResponse<Buffer> options = http.send("OPTIONS", "/api/v1/things", null);

            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.body()).isNull();
            assertThat(options.statusCode()).isEqualTo(204);
            assertThat(options.getHeader("Allow")).isEqualTo("GET, HEAD, OPTIONS, POST");
            assertThat(http.send("PUT", "/api/v1/things", null).getHeader("Allow"))
                    .isEqualTo("GET, HEAD, OPTIONS, POST");
        }
    }

    @Test
    void clientsLearnWhereTheSocketIsAndWhatTheLimitsAre() {
        try (RunningHttp http = new RunningHttp(Map.of("PARLEY_SESSION_HOST", "0.0.0.0"), WELL)) {
            JsonObject config = RunningHttp.json(http.get("/api/v1/config", "Host", "chat.example:8080"));

            assertThat(config.getString("websocketUrl")).isEqualTo("ws://chat.example:8081/ws");
            assertThat(config.getInteger("protocol")).isEqualTo(1);
            assertThat(config.getString("registration")).isEqualTo("open");
            assertThat(config.getJsonObject("limits").getInteger("textBytes")).isEqualTo(16_384);
        }
    }

    @Test
    void everyAnswerCarriesTheHeadersThatProtectBrowsers() {
        try (RunningHttp http = new RunningHttp(
                Map.of(
                        "PARLEY_HTTP_PUBLICURL",
                        "https://chat.example",
                        "PARLEY_SESSION_PUBLICURL",
                        "wss://chat.example/ws"),
                WELL)) {
            for (String path : List.of("/", "/nowhere", "/api/v1/config", "/health/live")) {
                HttpResponse<Buffer> response = http.get(path);

                assertThat(response.getHeader("Content-Security-Policy"))
                        .contains("default-src 'self'")
                        .contains("connect-src 'self' wss://chat.example https://chat.example;")
                        .contains("frame-ancestors 'none'");
                assertThat(response.getHeader("X-Content-Type-Options")).isEqualTo("nosniff");
                assertThat(response.getHeader("Referrer-Policy")).isEqualTo("no-referrer");
                assertThat(response.getHeader("Strict-Transport-Security")).startsWith("max-age=");
                assertThat(response.getHeader("X-Request-Id")).isNotBlank();
            }
        }
        try (RunningHttp plain = new RunningHttp()) {
            assertThat(plain.get("/").getHeader("Strict-Transport-Security")).isNull();
            assertThat(plain.get("/").getHeader("Location")).isEqualTo("/docs/");
        }
    }

    @Test
    void onlyListedOriginsAreAllowed() {
        try (RunningHttp http = new RunningHttp(Map.of("PARLEY_HTTP_ALLOWEDORIGINS", "https://a.example"), WELL)) {
            String[] preflight = {"Origin", "https://a.example", "Access-Control-Request-Method", "POST"};
            HttpResponse<Buffer> allowed = http.send("OPTIONS", "/api/v1/things", null, preflight);
            assertThat(allowed.statusCode()).isEqualTo(204);
            assertThat(allowed.getHeader("Access-Control-Allow-Origin")).isEqualTo("https://a.example");
            assertThat(allowed.getHeader("Access-Control-Allow-Methods")).contains("POST");
            assertThat(allowed.getHeader("Access-Control-Allow-Credentials")).isNull();
            assertThat(http.get("/api/v1/config", "Origin", "https://a.example")
                            .getHeader("Access-Control-Allow-Origin"))
                    .isEqualTo("https://a.example");

            for (String origin :
                    List.of("https://a.example.evil", "http://a.example", "https://evil-a.example", "null")) {
                HttpResponse<Buffer> response = http.get("/api/v1/config", "Origin", origin);
                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(response.getHeader("Access-Control-Allow-Origin")).isNull();
                assertThat(response.getHeader("Vary")).isEqualTo("Origin");
            }
        }
    }

    @Test
    void whatAProxySaysIsBelievedOnlyFromATrustedOne() {
        String[] forwarded = {
            "X-Forwarded-For", "6.6.6.6, 203.0.113.9", "X-Forwarded-Host", "acme.example:443", "X-Request-Id", "abc-1"
        };
        try (RunningHttp http = new RunningHttp()) {
            HttpResponse<Buffer> response = http.get("/api/v1/fail/address", forwarded);
            assertThat(RunningHttp.json(response))
                    .isEqualTo(JsonObject.of("address", "127.0.0.1", "host", "127.0.0.1"));
            assertThat(response.getHeader("X-Request-Id")).isNotEqualTo("abc-1");
        }
        try (RunningHttp http = new RunningHttp(Map.of("PARLEY_HTTP_TRUSTEDPROXIES", "127.0.0.0/8"), WELL)) {
            HttpResponse<Buffer> response = http.get("/api/v1/fail/address", forwarded);
            assertThat(RunningHttp.json(response))
                    .isEqualTo(JsonObject.of("address", "203.0.113.9", "host", "acme.example"));
            assertThat(response.getHeader("X-Request-Id")).isEqualTo("abc-1");
        }
    }

    @Test
    void anAddressThatAsksTooOftenMustWait() {
        try (RunningHttp http = new RunningHttp(
                Map.of("PARLEY_LIMITS_ANONYMOUSREQUESTSPERMINUTE", "2", "PARLEY_LIMITS_REQUESTSPERMINUTE", "2"),
                WELL)) {
            String[] bad = {"Authorization", "Bearer x"};
            assertThat(http.get("/api/v1/config").statusCode()).isEqualTo(200);
            assertThat(http.get("/api/v1/config").statusCode()).isEqualTo(200);

            HttpResponse<Buffer> refused = http.get("/api/v1/config");

            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(RunningHttp.json(refused).getString("code")).isEqualTo("rate_limited");
            assertThat(RunningHttp.json(refused).getLong("retryAfterMs")).isBetween(1L, 30_000L);
            assertThat(Integer.parseInt(refused.getHeader("Retry-After"))).isBetween(1, 30);

            // All that is asked without a valid token, but should be with one, counts as one.
            assertThat(http.get("/api/v1/things/mine", bad).statusCode()).isEqualTo(401);
            assertThat(http.get("/api/v1/things/mine").statusCode()).isEqualTo(401);
            assertThat(http.get("/api/v1/things/mine", bad).statusCode()).isEqualTo(429);
            assertThat(http.send("POST", "/api/v1/admin", null).statusCode()).isEqualTo(429);
            assertThat(http.get("/health/live").statusCode()).isEqualTo(200);
            assertThat(http.metrics.scrape()).contains("parley_limits_refused_total{limit=\"anonymous_requests\"} 3");
        }
    }

    @Test
    void aPersonMayAskForEachOperationSoOften() {
        try (RunningHttp http = new RunningHttp(Map.of("PARLEY_LIMITS_REQUESTSPERMINUTE", "2"), WELL)) {
            String[] ada = {"Authorization", "Bearer ada"};
            assertThat(http.get("/api/v1/things/mine", ada).statusCode()).isEqualTo(200);
            assertThat(http.get("/api/v1/things/mine", ada).statusCode()).isEqualTo(200);
            assertThat(http.get("/api/v1/things/mine", ada).statusCode()).isEqualTo(429);

            assertThat(http.send("DELETE", "/api/v1/things/" + FixedAuthenticator.ADA, null, ada)
                            .statusCode())
                    .isEqualTo(204);
        }
    }

    @Test
    void aTenantMayAskSoOftenASecondAndTheOperatorAsOftenAsHeLikes() {
        try (RunningHttp http = new RunningHttp(
                Map.of(
                        "PARLEY_LIMITS_TENANTREQUESTSPERSECOND", "1",
                        "PARLEY_LIMITS_ANONYMOUSREQUESTSPERMINUTE", "1"),
                WELL)) {
            String[] ada = {"Authorization", "Bearer ada"};
            Awaitility.await()
                    .untilAsserted(() -> assertThat(
                                    http.get("/api/v1/things/mine", ada).statusCode())
                            .isEqualTo(429));
            assertThat(http.metrics.scrape()).contains("limit=\"tenant_requests\"");
            for (int i = 0; i < 5; i++) {
                assertThat(http.send(
                                        "POST",
                                        "/api/v1/admin",
                                        null,
                                        "Authorization",
                                        "Bearer " + FixedAuthenticator.OPERATOR_KEY)
                                .statusCode())
                        .isEqualTo(204);
            }
        }
    }

    @Test
    void connectionsBeyondTheLimitAreClosedAtOnce() {
        try (RunningHttp http = new RunningHttp(Map.of("PARLEY_HTTP_MAXCONNECTIONS", "1"), WELL)) {
            assertThat(http.get("/api/v1/config").statusCode()).isEqualTo(200);

            assertThat(http.raw("GET /api/v1/config HTTP/1.1\r\nHost: x\r\n\r\n"))
                    .isEmpty();
        }
    }

    @Test
    void requestsAreCountedByOperationAndStatus() {
        try (RunningHttp http = new RunningHttp()) {
            http.get("/api/v1/config");
            http.get("/api/v1/things");
            http.get("/anything/at/all");

            assertThat(http.metrics.scrape())
                    .contains("parley_http_requests_seconds_count{operation=\"getConfig\",status=\"200\"} 1")
                    .contains("parley_http_requests_seconds_count{operation=\"findThings\",status=\"400\"} 1")
                    .contains("parley_http_requests_seconds_count{operation=\"other\",status=\"404\"} 1")
                    .containsPattern("parley_http_connections [1-9]");
        }
    }

    @Test
    void theLogLineHasTheIdsAndNothingThatIsSecret() {
        Logger logger = (Logger) LoggerFactory.getLogger("parley.http");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        logger.setLevel(Level.DEBUG);
        try (RunningHttp http = new RunningHttp()) {
            HttpResponse<Buffer> response =
                    http.get("/api/v1/things/mine?token=hidden1", "Authorization", "Bearer ada", "X-Key", "hidden2");
            http.send("POST", "/api/v1/things", BODY.replace("wheel", "hidden3"), "Content-Type", "application/json");

            Awaitility.await().until(() -> lines.list.size() == 2);
            assertThat(lines.list.getFirst().getFormattedMessage())
                    .matches("method=get operation=getMine status=200 ms=\\d+ request="
                            + response.getHeader("X-Request-Id") + " user=" + FixedAuthenticator.ADA);
            assertThat(lines.list).noneMatch(line -> line.getFormattedMessage().contains("hidden"));
        } finally {
            logger.setLevel(null);
            logger.detachAppender(lines);
        }
    }

    @Test
    void theStartFailsWhenHandlersAndContractDiffer() {
        Feature wrong = new Feature() {
            @Override
            public void operations(OperationHost host) {
                new FixedFeature().operations(host);
                host.operation("getMine", call -> Future.succeededFuture(Answer.noContent()));
                host.operation("getNothing", call -> Future.succeededFuture(Answer.noContent()));
            }
        };

        assertThatThrownBy(() -> start(wrong))
                .hasMessage("operation getMine has two handlers; there is no operation getNothing in the contract");
        assertThatThrownBy(() -> start(new Feature() {}))
                .hasMessageContaining("operation getMine has no handler; operation getThing has no handler");
    }

    private static void start(Feature feature) {
        Config config = ConfigLoader.load(null, Map.of("PARLEY_HTTP_PORT", "0"));
        Vertx vertx = Vertx.vertx();
        try (Metrics metrics = new Metrics()) {
            RunningHttp.await(Contract.load(vertx, "contract/small.yaml")
                    .map(contract -> new HttpNode(
                            config,
                            new FixedAuthenticator(),
                            Bus.alone(vertx, 1),
                            new Limits(config.limits(), metrics),
                            metrics,
                            contract))
                    .compose(node -> vertx.deployVerticle(new HttpVerticle(node, List.of(feature), WELL, () -> 1))));
        } finally {
            RunningHttp.await(vertx.close());
        }
    }

    @Test
    void theRealContractCanBeServed() {
        Vertx vertx = Vertx.vertx();
        try {
            Contract contract = RunningHttp.await(Contract.load(vertx, ContractDocument.OPENAPI));

            assertThat(contract.basePath()).isEqualTo("/api/v1");
            assertThat(contract.operations())
                    .extracting(Operation::id)
                    .contains("getConfig", "sendMessage", "register");
            assertThat(contract.operations())
                    .filteredOn(operation -> operation.access() == Operation.Access.OPERATOR)
                    .allMatch(operation -> operation.path().startsWith("/admin/"));
        } finally {
            RunningHttp.await(vertx.close());
        }
    }
}
