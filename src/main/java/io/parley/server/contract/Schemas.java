package io.parley.server.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaContext;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.OpenApi31;
import com.networknt.schema.keyword.Keyword;
import com.networknt.schema.keyword.NonValidationKeyword;
import com.networknt.schema.path.NodePath;
import com.networknt.schema.path.PathType;
import java.util.Locale;
import java.util.Set;

/** Compiles the schemas inside an OpenAPI document. A misspelt keyword fails, instead of checking nothing. */
final class Schemas {
    /** What stands in the document around its schemas. */
    private static final Set<String> DOCUMENT =
            Set.of("openapi", "info", "servers", "tags", "security", "paths", "components", "externalDocs");

    private final Schema document;

    Schemas(JsonNode document) {
        Dialect dialect = Dialect.builder(OpenApi31.getInstance())
                .unknownKeywordFactory(Schemas::keyword)
                .build();
        SchemaRegistryConfig config = SchemaRegistryConfig.builder()
                .formatAssertionsEnabled(true)
                .locale(Locale.ENGLISH)
                .build();
        this.document = SchemaRegistry.withDialect(dialect, registry -> registry.schemaRegistryConfig(config))
                .getSchema(SchemaLocation.of("parley:openapi"), document);
    }

    private static Keyword keyword(String name, SchemaContext context) {
        if (name.startsWith("x-") || DOCUMENT.contains(name)) {
            return new NonValidationKeyword(name);
        }
        throw new IllegalStateException("no keyword of JSON Schema: " + name);
    }

    /** @param pointer JSON pointer into the document */
    Schema at(String pointer) {
        NodePath path = new NodePath(PathType.JSON_POINTER);
        for (String step : pointer.substring(1).split("/", -1)) {
            String name = step.replace("~1", "/").replace("~0", "~");
            path = name.matches("\\d+") ? path.append(Integer.parseInt(name)) : path.append(name);
        }
        Schema schema = document.getRefSchema(path);
        schema.initializeValidators();
        return schema;
    }
}
