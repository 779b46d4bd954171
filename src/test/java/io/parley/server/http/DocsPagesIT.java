package io.parley.server.http;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.server.contract.ContractDocument;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages of the documentation in a real browser: each shows all of what the documents have. */
class DocsPagesIT {
    private static final Vertx VERTX = Vertx.vertx();
    private static final long PATIENCE_SECONDS = 60;
    private static final List<String> BROWSERS =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
    private static int port;

    @TempDir
    private Path directory;

    @BeforeAll
    static void serve() throws Exception {
        Router router = Router.router(VERTX);
        DocsRoutes.mount(VERTX, router);
        port = VERTX.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .await(10, SECONDS)
                .actualPort();
    }

    @AfterAll
    static void close() throws Exception {
        VERTX.close().await(10, SECONDS);
    }

    private static Optional<Path> browser() {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .flatMap(place -> BROWSERS.stream().map(name -> Path.of(place, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The page as it stands when its scripts have run; none of them may have failed. */
    private String shown(String page) throws IOException, InterruptedException {
        Optional<Path> browser = browser();
        assumeThat(browser).as("a Chromium on the path").isPresent();
        Path shown = directory.resolve("shown.html");
        Path log = directory.resolve("log");
        Process process = new ProcessBuilder(
                        browser.orElseThrow().toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--enable-logging=stderr",
                        "--user-data-dir=" + directory.resolve("profile"),
                        // High enough for all: what is out of sight is not made.
                        "--window-size=1280,30000",
                        "--virtual-time-budget=20000",
                        "--dump-dom",
                        "http://127.0.0.1:" + port + "/docs/" + page)
                .redirectOutput(shown.toFile())
                .redirectError(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, SECONDS))
                    .as("the browser has ended")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(Files.readString(log)).doesNotContain("Uncaught");
        return Files.readString(shown);
    }

    private static long count(String text, String pattern) {
        return Pattern.compile(pattern).matcher(text).results().count();
    }

    private static JsonNode document(String name) throws Exception {
        return ContractDocument.parse("contract/" + name + ".yaml").json();
    }

    @Test
    void theRestPageShowsEveryOperation() throws Exception {
        long operations = document("openapi")
                .get("paths")
                .valueStream()
                .flatMap(JsonNode::valueStream)
                .filter(one -> one.has("operationId"))
                .count();

        assertThat(count(shown("rest.html"), "class=\"opblock opblock-")).isEqualTo(operations);
    }

    @Test
    void theWebSocketPageShowsEveryCommandAndEvent() throws Exception {
        JsonNode operations = document("asyncapi").get("operations");

        String page = shown("socket.html");

        long commands = operations
                .valueStream()
                .filter(one -> one.get("action").asText().equals("receive"))
                .count();
        assertThat(count(page, "id=\"command-")).isEqualTo(commands);
        assertThat(page).contains("message.created").contains("Close codes");
    }

    @Test
    void theOtherPagesShowWhatTheyHave() throws Exception {
        assertThat(shown("errors.html")).contains("validation_failed");
        assertThat(shown("")).contains("127.0.0.1:" + port);
    }
}
