package io.parley.server.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * One of the two documents that say how clients talk to Parley, whole. Each noun has a part ({@code
 * contract/messages.yaml}) with what both documents say of it; {@code contract/parts} lists them.
 *
 * <p>Reading parses some thousand lines of YAML: do it on a worker thread, as {@link #read} does.
 */
public record ContractDocument(JsonNode json) {

    /** The REST interface, OpenAPI 3.1. */
    public static final String OPENAPI = "contract/openapi.yaml";

    /** The WebSocket interface, AsyncAPI 3.0. */
    public static final String ASYNCAPI = "contract/asyncapi.yaml";

    private static final String PARTS = "contract/parts";

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.LITERAL_BLOCK_STYLE)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .build();

    /** Reads a document from the class path on a worker thread; fails only if it is missing or no YAML. */
    public static Future<ContractDocument> read(Vertx vertx, String resource) {
        return vertx.executeBlocking(() -> parse(resource)).map(Objects::requireNonNull);
    }

    /** The same on the thread of the caller. */
    public static ContractDocument parse(String resource) {
        ObjectNode head = tree(resource);
        List<ObjectNode> parts = text(PARTS)
                .lines()
                .map(part -> tree("contract/" + part + ".yaml"))
                .toList();
        return new ContractDocument(
                switch (resource) {
                    case OPENAPI -> OpenApi.assemble(head, parts);
                    case ASYNCAPI -> AsyncApi.assemble(head, OpenApi.assemble(tree(OPENAPI), parts), parts);
                    default -> head;
                });
    }

    public String yaml() {
        try {
            return YAML.writeValueAsString(json);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static ObjectNode tree(String resource) {
        try {
            return (ObjectNode) YAML.readTree(text(resource));
        } catch (IOException bad) {
            throw new UncheckedIOException("Cannot read " + resource, bad);
        }
    }

    private static String text(String resource) {
        try (InputStream in = ContractDocument.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("Not on the class path: " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException bad) {
            throw new UncheckedIOException("Cannot read " + resource, bad);
        }
    }
}
