package io.parley.server.http;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.server.contract.ContractDocument;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocsRoutesTest {
    private static final Vertx VERTX = Vertx.vertx();
    private static final WebClient CLIENT = WebClient.create(VERTX);
    private static final Pattern LINK =
            Pattern.compile("(?:href|src)=\"([^\":]+)\"|from \"([^\"]+)\"|(?:fetch|load)\\(\"([^\"]+)\"");
    private static int port;

    @BeforeAll
    static void serve() throws Exception {
        Router router = Router.router(VERTX);
        DocsRoutes.mount(VERTX, router);
        HttpServer server = VERTX.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .await(10, SECONDS);
        port = server.actualPort();
    }

    @AfterAll
    static void close() throws Exception {
        VERTX.close().await(10, SECONDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/openapi", "/api/asyncapi"})
    void aDocumentIsServedAsWrittenAndAsJson(String path) throws Exception {
        HttpResponse<Buffer> yaml = get(path + ".yaml");
        assertThat(yaml.statusCode()).isEqualTo(200);
        assertThat(yaml.getHeader("Content-Type")).isEqualTo("application/yaml");
        assertThat(text(yaml))
                .isEqualTo(ContractDocument.parse("contract" + path.substring(4) + ".yaml")
                        .yaml());

        HttpResponse<Buffer> json = get(path + ".json");
        assertThat(json.getHeader("Content-Type")).isEqualTo("application/json");
        JsonObject document = new JsonObject(text(json));
        assertThat(document.getJsonObject("components").getJsonObject("schemas").fieldNames())
                .contains("Message");
    }

    @Test
    void whoHasAPageIsToldThatItIsTheSame() throws Exception {
        HttpResponse<Buffer> first = get("/docs/");
        HttpResponse<Buffer> again = request("/docs/")
                .putHeader("If-None-Match", first.getHeader("ETag"))
                .send()
                .await(10, SECONDS);
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isNull();
        HttpResponse<Buffer> other = request("/docs/")
                .putHeader("If-None-Match", "\"another\"")
                .send()
                .await(10, SECONDS);
        assertThat(other.statusCode()).isEqualTo(200);
    }

    @Test
    void theAddressWithoutSlashLeadsToTheFirstPage() throws Exception {
        HttpResponse<Buffer> answer =
                request("/docs").followRedirects(false).send().await(10, SECONDS);
        assertThat(answer.statusCode()).isEqualTo(302);
        assertThat(answer.getHeader("Location")).isEqualTo("/docs/");
    }

    @Test
    void everyLinkOfEveryPageIsServedAndNoneLeadsOutside() throws Exception {
        List<String> open = new ArrayList<>(List.of("/docs/"));
        for (int i = 0; i < open.size(); i++) {
            String path = open.get(i);
            HttpResponse<Buffer> page = get(path);
            assertThat(page.statusCode()).as(path).isEqualTo(200);
            assertThat(page.getHeader("Content-Security-Policy")).as(path).startsWith("default-src 'self';");
            if (!path.contains("swagger-ui/") && path.startsWith("/docs/")) {
                assertThat(text(page)).as(path).doesNotContain("src=\"http", "<script>", "@import", "url(http");
                linksOf(path, text(page)).stream()
                        .filter(link -> !open.contains(link))
                        .forEach(open::add);
            }
        }
        assertThat(open)
                .contains(
                        "/docs/rest.html",
                        "/docs/socket.js",
                        "/docs/schema.js",
                        "/docs/swagger-ui/swagger-ui-bundle.js")
                .contains("/api/openapi.yaml", "/api/asyncapi.json");
    }

    private static List<String> linksOf(String page, String content) {
        List<String> links = new ArrayList<>();
        Matcher link = LINK.matcher(content);
        while (link.find()) {
            String found =
                    link.group(1) != null ? link.group(1) : link.group(2) != null ? link.group(2) : link.group(3);
            String target = URI.create("http://server" + page).resolve(found).getPath();
            if (!found.contains("$") && !target.startsWith("/api/v1")) {
                links.add(target);
            }
        }
        return links;
    }

    private static HttpResponse<Buffer> get(String path) throws Exception {
        return request(path).send().await(10, SECONDS);
    }

    private static String text(HttpResponse<Buffer> answer) {
        return Objects.requireNonNull(answer.bodyAsString());
    }

    private static HttpRequest<Buffer> request(String path) {
        return CLIENT.get(port, "127.0.0.1", path);
    }
}
