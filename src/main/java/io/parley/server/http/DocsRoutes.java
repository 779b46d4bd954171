package io.parley.server.http;

import io.parley.server.contract.ContractDocument;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Properties;

/**
 * The contract documents under {@code /api} and the pages that show them under {@code /docs}. Everything comes from
 * the class path, is held in memory (2 MB, most of it Swagger UI) and asks for nothing outside. What is read while
 * requests come already is waited for.
 */
public final class DocsRoutes {
    private static final List<String> PAGES = List.of(
            "docs.css",
            "errors.html",
            "errors.js",
            "index.js",
            "render.js",
            "rest.css",
            "rest.html",
            "rest.js",
            "schema.js",
            "socket.html",
            "socket.js");

    private static final List<String> SWAGGER_UI = List.of("swagger-ui.css", "swagger-ui-bundle.js");

    /** Swagger UI writes styles into its elements; scripts come from files only. */
    private static final String CONTENT_SECURITY_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline';"
            + " img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

    private final Vertx vertx;
    private final Router router;

    private DocsRoutes(Vertx vertx, Router router) {
        this.vertx = vertx;
        this.router = router;
    }

    /** Adds the routes; they need nothing but each other, no signing in and no body handler. */
    public static void mount(Vertx vertx, Router router) {
        DocsRoutes routes = new DocsRoutes(vertx, router);
        routes.document("/api/openapi", ContractDocument.OPENAPI);
        routes.document("/api/asyncapi", ContractDocument.ASYNCAPI);
        routes.file("/docs/", "docs/index.html");
        router.route("/docs").method(HttpMethod.GET).handler(context -> context.redirect("/docs/"));
        PAGES.forEach(name -> routes.file("/docs/" + name, "docs/" + name));
        String swaggerUi = "META-INF/resources/webjars/swagger-ui/" + swaggerUiVersion() + "/";
        SWAGGER_UI.forEach(name -> routes.file("/docs/swagger-ui/" + name, swaggerUi + name));
    }

    private void document(String path, String resource) {
        Future<ContractDocument> document = ContractDocument.read(vertx, resource);
        serve(path + ".yaml", document.map(read -> Asset.of("application/yaml", Buffer.buffer(read.yaml()))));
        serve(path + ".json", document.map(read -> Asset.of("application/json", Json.encode(read.json()))));
    }

    private void file(String path, String resource) {
        serve(path, vertx.executeBlocking(() -> Asset.read(resource)).map(Objects::requireNonNull));
    }

    private void serve(String path, Future<Asset> asset) {
        router.route(path)
                .method(HttpMethod.GET)
                .method(HttpMethod.HEAD)
                .handler(context -> asset.onComplete(loaded -> answer(context, loaded), context::fail));
    }

    private static void answer(RoutingContext context, Asset asset) {
        context.response().putHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY);
        asset.answer(context);
    }

    private static String swaggerUiVersion() {
        Properties artifact = new Properties();
        String file = "META-INF/maven/org.webjars/swagger-ui/pom.properties";
        try (InputStream in = DocsRoutes.class.getClassLoader().getResourceAsStream(file)) {
            artifact.load(Objects.requireNonNull(in, file));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
        return artifact.getProperty("version");
    }
}
