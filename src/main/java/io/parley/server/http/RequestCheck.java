package io.parley.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.parley.server.contract.Operation;
import io.parley.server.contract.Request;
import io.parley.server.contract.SchemaErrors;
import io.parley.server.contract.UnstorableText;
import io.parley.support.AppError;
import io.parley.support.AppError.FieldError;
import io.parley.support.ErrorCode;
import io.parley.support.Json;
import io.parley.support.Texts;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks a request against its operation in the contract. Runs on the event loop, in time bounded by the body's size. */
public final class RequestCheck {
    /** A long, and never an overflow. */
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}");

    private RequestCheck() {}

    /**
     * @throws AppError {@code malformed}, or {@code validation_failed} naming each field
     */
    static Request check(Operation operation, RoutingContext context) {
        List<FieldError> errors = new ArrayList<>();
        Map<String, JsonNode> parameters = parameters(
                operation,
                parameter -> parameter.inPath()
                        ? List.of(context.pathParam(parameter.name()))
                        : context.queryParams().getAll(parameter.name()),
                errors);
        JsonNode body = JsonNodeFactory.instance.objectNode();
        if (operation.body() != null) {
            body = body(operation.body(), context, errors);
        }
        if (!errors.isEmpty()) {
            throw AppError.invalid(errors);
        }
        return new Request(parameters, body);
    }

    /**
     * The same for an operation whose parameters are all in the query, and which takes no body.
     *
     * @throws AppError {@code validation_failed} naming each field
     */
    public static Request check(Operation operation, MultiMap query) {
        List<FieldError> errors = new ArrayList<>();
        Map<String, JsonNode> parameters = parameters(operation, parameter -> query.getAll(parameter.name()), errors);
        if (!errors.isEmpty()) {
            throw AppError.invalid(errors);
        }
        return new Request(parameters, JsonNodeFactory.instance.objectNode());
    }

    private static Map<String, JsonNode> parameters(
            Operation operation, Function<Operation.Parameter, List<String>> given, List<FieldError> errors) {
        Map<String, JsonNode> parameters = new HashMap<>();
        for (Operation.Parameter parameter : operation.parameters()) {
            String text = text(parameter, given.apply(parameter), errors);
            JsonNode value = text == null ? null : value(parameter, text, errors);
            if (value != null) {
                errors.addAll(SchemaErrors.of(parameter.schema(), value, parameter.name(), true));
                parameters.put(parameter.name(), value);
            }
        }
        return parameters;
    }

    private static @Nullable String text(Operation.Parameter parameter, List<String> given, List<FieldError> errors) {
        String name = parameter.name();
        if (given.isEmpty()) {
            if (parameter.required()) {
                errors.add(new FieldError(name, "required", "is missing"));
            }
            return null;
        }
        String flaw = given.size() > 1 ? "must be given once" : Texts.flaw(given.getFirst());
        if (flaw != null) {
            errors.add(new FieldError(name, "format", flaw));
            return null;
        }
        return given.getFirst();
    }

    private static @Nullable JsonNode value(Operation.Parameter parameter, String text, List<FieldError> errors) {
        switch (parameter.type()) {
            case TEXT -> {
                return TextNode.valueOf(text);
            }
            case NUMBER -> {
                if (NUMBER.matcher(text).matches()) {
                    return LongNode.valueOf(Long.parseLong(text));
                }
                errors.add(new FieldError(parameter.name(), "type", "must be a whole number"));
            }
            case FLAG -> {
                if (text.equals("true") || text.equals("false")) {
                    return BooleanNode.valueOf(text.equals("true"));
                }
                errors.add(new FieldError(parameter.name(), "type", "must be true or false"));
            }
        }
        return null;
    }

    private static JsonNode body(Operation.Body body, RoutingContext context, List<FieldError> errors) {
        Buffer buffer = context.body().buffer();
        if (buffer == null || buffer.length() == 0) {
            if (body.required()) {
                throw AppError.of(ErrorCode.MALFORMED, "A body is needed");
            }
            return JsonNodeFactory.instance.objectNode();
        }
        JsonNode tree = Json.parse(buffer.getBytes());
        UnstorableText.refuse(tree);
        errors.addAll(SchemaErrors.of(body.schema(), tree, "", buffer.length() <= SchemaErrors.ALL_UP_TO_BYTES));
        return tree;
    }
}
