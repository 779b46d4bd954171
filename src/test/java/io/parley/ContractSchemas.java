package io.parley;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import io.parley.server.contract.ContractDocument;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * A contract document as a set of schemas, for checking documented and real messages. Stricter than what clients are
 * told: a field that the document does not know is an error here, so that nothing goes out undocumented.
 */
public final class ContractSchemas {
    private static final String BASE = "https://parley.invalid/contract";

    private final JsonNode document;
    private final SchemaRegistry registry;

    private ContractSchemas(JsonNode document) {
        this.document = document;
        JsonNode strict = document.deepCopy();
        closeObjects(strict);
        this.registry = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                builder -> builder.schemas(Map.of(BASE, strict.toString()))
                        .schemaRegistryConfig(SchemaRegistryConfig.builder()
                                .formatAssertionsEnabled(true)
                                .build()));
    }

    public static ContractSchemas openApi() {
        return new ContractSchemas(
                ContractDocument.parse(ContractDocument.OPENAPI).json());
    }

    public static ContractSchemas asyncApi() {
        return new ContractSchemas(
                ContractDocument.parse(ContractDocument.ASYNCAPI).json());
    }

    /** The document itself. */
    public JsonNode document() {
        return document;
    }

    /** What is wrong with an instance of the schema at a pointer such as {@code /components/schemas/Message}. */
    public List<String> errors(String pointer, JsonNode instance) {
        return registry.getSchema(SchemaLocation.of(BASE + "#" + pointer)).validate(instance).stream()
                .map(Error::toString)
                .toList();
    }

    /** Visits every object of the document with its pointer. */
    void eachObject(BiConsumer<String, ObjectNode> visitor) {
        walk("", document, visitor);
    }

    /** The node at a pointer; a missing node if there is none. */
    JsonNode at(String pointer) {
        return document.at(JsonPointer.compile(pointer));
    }

    private static void walk(String pointer, JsonNode node, BiConsumer<String, ObjectNode> visitor) {
        if (node instanceof ObjectNode object) {
            visitor.accept(pointer, object);
            object.properties()
                    .forEach(field -> walk(pointer + "/" + escape(field.getKey()), field.getValue(), visitor));
        } else {
            for (int i = 0; i < node.size(); i++) {
                walk(pointer + "/" + i, node.get(i), visitor);
            }
        }
    }

    private static String escape(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }

    /** Parts of an allOf stay open: they do not see the fields of the other parts; the whole is closed instead. */
    private static void closeObjects(JsonNode document) {
        Set<JsonNode> parts = new HashSet<>();
        List<ObjectNode> schemas = new ArrayList<>();
        walk("", document, (pointer, object) -> {
            for (JsonNode part : object.path("allOf")) {
                parts.add(
                        part.has("$ref") ? document.at(part.get("$ref").asText().substring(1)) : part);
            }
            if (object.has("allOf") || (object.path("type").asText().equals("object") && object.has("properties"))) {
                schemas.add(object);
            }
        });
        schemas.stream()
                .filter(schema -> !parts.contains(schema))
                .forEach(schema -> schema.put("unevaluatedProperties", false));
    }
}
