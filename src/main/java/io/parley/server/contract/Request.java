package io.parley.server.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.support.AppError;
import io.parley.support.AppError.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What was asked of an operation, in the shape that the contract demands.
 *
 * @param parameters those that were given, by name
 * @param body an empty object when there was none
 */
public record Request(Map<String, JsonNode> parameters, JsonNode body) {

    /**
     * Checks what has come in one JSON document that was bounded already.
     *
     * @param body missing when there was none
     * @param others what is neither a parameter nor the body, and must not be there
     * @throws AppError {@code validation_failed} naming each field
     */
    public static Request check(
            Operation operation, Map<String, JsonNode> parameters, JsonNode body, ObjectNode others) {
        List<FieldError> errors = new ArrayList<>();
        for (Operation.Parameter parameter : operation.parameters()) {
            JsonNode value = parameters.get(parameter.name());
            if (value != null) {
                UnstorableText.refuse(value);
                errors.addAll(SchemaErrors.of(parameter.schema(), value, parameter.field(), true));
            } else if (parameter.required()) {
                errors.add(new FieldError(parameter.field(), "required", "is missing"));
            }
        }
        others.fieldNames()
                .forEachRemaining(
                        name -> errors.add(new FieldError(name, "unknown", "is not a field of this command")));
        Operation.Body expected = operation.body();
        if (expected == null && !body.isMissingNode()) {
            errors.add(new FieldError("body", "unknown", "is not a field of this command"));
        } else if (expected != null && !body.isMissingNode()) {
            UnstorableText.refuse(body);
            errors.addAll(SchemaErrors.of(expected.schema(), body, "body", true));
        } else if (expected != null && expected.required()) {
            errors.add(new FieldError("body", "required", "is missing"));
        }
        if (!errors.isEmpty()) {
            throw AppError.invalid(errors);
        }
        return new Request(parameters, body.isMissingNode() ? JsonNodeFactory.instance.objectNode() : body);
    }
}
