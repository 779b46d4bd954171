package io.parley.server.contract;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The OpenAPI document as a list of operations with their compiled schemas. Only what our contract uses is
 * understood; anything else fails the start rather than being overlooked.
 *
 * <p>Requests are checked with json-schema-validator on the Jackson tree that the operation then reads, not with
 * vertx-openapi: that one moves every request to a worker thread and back, names only the first error, in one
 * sentence without the field, decodes query parameters twice and guesses their types (a search for {@code 1.5} is
 * refused as no text), and does not bound the work that a hostile body makes.
 */
public final class Contract {
    static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");
    private static final Map<String, Operation.Access> SCHEMES = Map.of(
            "bearerAuth", Operation.Access.PERSON,
            "eventTicket", Operation.Access.PERSON,
            "operatorKey", Operation.Access.OPERATOR);
    private static final Map<String, Operation.Type> TYPES =
            Map.of("string", Operation.Type.TEXT, "integer", Operation.Type.NUMBER, "boolean", Operation.Type.FLAG);

    private final JsonNode document;
    private final Schemas schemas;
    private final String basePath;
    private final Map<Operation.Host, List<Operation>> operations = new EnumMap<>(Operation.Host.class);

    private Contract(JsonNode document) {
        this.document = document;
        this.basePath = URI.create(document.at("/servers/0/url").asText()).getPath();
        this.schemas = new Schemas(document);
        // Literal paths come first, so that /users/me is not taken for a user called me.
        document.path("paths").properties().stream()
                .sorted(Comparator.comparing(path -> path.getKey().contains("{")))
                .forEach(path -> path(path.getKey(), path.getValue()));
    }

    /** Reads a document from the class path; on a worker thread, for it takes some hundred milliseconds. */
    public static Future<Contract> load(Vertx vertx, String resource) {
        return vertx.executeBlocking(
                        () -> new Contract(ContractDocument.parse(resource).json()))
                .map(Objects::requireNonNull);
    }

    /** Where all operations are, e.g. {@code /api/v1}. */
    public String basePath() {
        return basePath;
    }

    /** Those of the REST server, in an order in which they can be routed. */
    public List<Operation> operations() {
        return operations(Operation.Host.HTTP);
    }

    /** The same of another server. */
    public List<Operation> operations(Operation.Host host) {
        return List.copyOf(operations.getOrDefault(host, List.of()));
    }

    private void path(String path, JsonNode item) {
        String pointer = "/paths/" + escape(path);
        Map<String, Operation.Parameter> shared = parameters(pointer + "/parameters");
        item.properties().forEach(entry -> {
            if (METHODS.contains(entry.getKey())) {
                operation(path, pointer + "/" + entry.getKey(), entry.getKey(), entry.getValue(), shared);
            }
        });
    }

    private void operation(
            String path, String pointer, String method, JsonNode node, Map<String, Operation.Parameter> shared) {
        String id = node.path("operationId").asText();
        try {
            Map<String, Operation.Parameter> parameters = new HashMap<>(shared);
            parameters.putAll(parameters(pointer + "/parameters"));
            Operation.Host host = Operation.Host.valueOf(
                    node.path("x-host").asText(Operation.Host.HTTP.name()).toUpperCase(Locale.ROOT));
            operations
                    .computeIfAbsent(host, first -> new ArrayList<>())
                    .add(new Operation(
                            id,
                            HttpMethod.valueOf(method.toUpperCase(Locale.ROOT)),
                            path,
                            access(node),
                            node.path("x-command").asText(null),
                            List.copyOf(parameters.values()),
                            node.has("requestBody") ? body(pointer + "/requestBody") : null));
        } catch (RuntimeException bad) {
            throw new IllegalStateException("contract: cannot serve " + method + " " + path + " (" + id + ")", bad);
        }
    }

    private Operation.Access access(JsonNode operation) {
        JsonNode security = operation.has("security") ? operation.get("security") : document.path("security");
        if (security.isEmpty()) {
            return Operation.Access.PUBLIC;
        }
        Set<Operation.@Nullable Access> accesses = new HashSet<>();
        security.forEach(one -> accesses.add(SCHEMES.get(one.fieldNames().next())));
        Operation.Access access = accesses.iterator().next();
        if (access == null || accesses.size() > 1) {
            throw new IllegalStateException("security must be of " + SCHEMES.keySet() + ", and of one kind of caller");
        }
        return access;
    }

    private Map<String, Operation.Parameter> parameters(String pointer) {
        Map<String, Operation.Parameter> parameters = new HashMap<>();
        for (int i = 0; i < document.at(pointer).size(); i++) {
            String at = resolve(pointer + "/" + i);
            JsonNode node = document.at(at);
            String in = node.path("in").asText();
            Operation.Type type =
                    TYPES.get(document.at(resolve(at + "/schema")).path("type").asText());
            if (type == null || !(in.equals("path") || in.equals("query"))) {
                throw new IllegalStateException("parameter at " + at + " has a place or type that is not understood");
            }
            String name = node.path("name").asText();
            parameters.put(
                    name,
                    new Operation.Parameter(
                            name,
                            in.equals("path"),
                            node.path("required").asBoolean(),
                            type,
                            schemas.at(at + "/schema")));
        }
        return parameters;
    }

    private Operation.Body body(String pointer) {
        String at = resolve(pointer);
        JsonNode content = document.at(at + "/content");
        if (content.size() != 1 || !content.has("application/json")) {
            throw new IllegalStateException("a body must be application/json and nothing else");
        }
        return new Operation.Body(
                document.at(at + "/required").asBoolean(), schemas.at(at + "/content/application~1json/schema"));
    }

    /** The pointer itself, or where the reference found there leads. */
    private String resolve(String pointer) {
        String reference = document.at(pointer).path("$ref").asText();
        return reference.isEmpty() ? pointer : resolve(reference.substring(1));
    }

    private static String escape(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
