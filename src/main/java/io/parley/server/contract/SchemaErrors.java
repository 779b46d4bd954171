package io.parley.server.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.path.NodePath;
import io.parley.support.AppError.FieldError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Says in our words what a schema has against a value. */
public final class SchemaErrors {
    /** Of greater documents only the first error is told: listing all would be much work that the sender chooses. */
    public static final int ALL_UP_TO_BYTES = 16 * 1024;

    private static final int MOST = 50;

    private SchemaErrors() {}

    /**
     * @param field where the value is; empty for the body itself
     * @param all whether to go on after the first error
     */
    public static List<FieldError> of(Schema schema, JsonNode value, String field, boolean all) {
        List<Error> errors =
                schema.validate(value, execution -> execution.executionConfig(config -> config.failFast(!all)));
        // One field may offend several keywords that say the same, such as format and pattern.
        Map<String, FieldError> distinct = new LinkedHashMap<>();
        for (Error error : errors) {
            FieldError translated = translate(error, field);
            distinct.putIfAbsent(translated.field() + ' ' + translated.code(), translated);
        }
        return distinct.values().stream().limit(MOST).toList();
    }

    private static FieldError translate(Error error, String root) {
        String at = path(error.getInstanceLocation(), root);
        String here = at.isEmpty() ? "body" : at;
        Object[] wanted = error.getArguments();
        return switch (error.getKeyword()) {
            case "required" -> new FieldError(join(at, error.getProperty()), "required", "is missing");
            case "additionalProperties", "unevaluatedProperties" ->
                new FieldError(join(at, error.getProperty()), "unknown", "is not a field of this request");
            case "type" -> new FieldError(here, "type", "must be of type " + wanted[1]);
            case "enum" -> new FieldError(here, "enum", "must be one of " + wanted[0]);
            case "minimum" -> new FieldError(here, "range", "must be at least " + wanted[0]);
            case "maximum" -> new FieldError(here, "range", "must be at most " + wanted[0]);
            case "minLength" -> new FieldError(here, "length", "must have at least " + wanted[0] + " characters");
            case "maxLength" -> new FieldError(here, "length", "must have at most " + wanted[0] + " characters");
            case "minItems" -> new FieldError(here, "length", "must have at least " + wanted[0] + " items");
            case "maxItems" -> new FieldError(here, "length", "must have at most " + wanted[0] + " items");
            case "minProperties" -> new FieldError(here, "length", "must have at least " + wanted[0] + " fields");
            case "uniqueItems" -> new FieldError(here, "format", "must not have the same item twice");
            case "format" -> new FieldError(here, "format", "must be of the form " + wanted[0]);
            case "pattern" -> new FieldError(here, "format", "must match " + wanted[0]);
            default -> new FieldError(here, "format", error.getMessage());
        };
    }

    /** As the errors of {@code Json} name it: {@code users[3].email}. */
    private static String path(NodePath location, String root) {
        StringBuilder path = new StringBuilder(root);
        for (int i = 0; i < location.getNameCount(); i++) {
            Object step = location.getElement(i);
            if (step instanceof Integer index) {
                path.append('[').append(index).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step);
            }
        }
        return path.toString();
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
