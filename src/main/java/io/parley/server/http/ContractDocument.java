package io.parley.server.http;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;

/**
 * One of the two documents that say how clients talk to Parley, as written (YAML, with its comments) and as data.
 *
 * <p>Reading parses some thousand lines of YAML: do it on a worker thread, as {@link #read} does.
 */
public record ContractDocument(String yaml, JsonObject json) {

    /** The REST interface, OpenAPI 3.1. */
    public static final String OPENAPI = "contract/openapi.yaml";

    /** The WebSocket interface, AsyncAPI 3.0. */
    public static final String ASYNCAPI = "contract/asyncapi.yaml";

    /** Reads a document from the class path on a worker thread; fails only if it is missing or no YAML. */
    public static Future<ContractDocument> read(Vertx vertx, String resource) {
        return vertx.executeBlocking(() -> parse(resource)).map(Objects::requireNonNull);
    }

    static ContractDocument parse(String resource) {
        try (InputStream in = ContractDocument.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("Not on the class path: " + resource);
            }
            String yaml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            Map<String, Object> content = new YAMLMapper().readValue(yaml, new TypeReference<>() {});
            return new ContractDocument(yaml, new JsonObject(content));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + resource, e);
        }
    }
}
