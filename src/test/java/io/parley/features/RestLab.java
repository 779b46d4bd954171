package io.parley.features;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.parley.ContractSchemas;
import io.parley.bus.Bus;
import io.parley.server.Feature;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.parley.server.contract.Request;
import io.parley.server.limits.Limits;
import io.parley.support.AppError;
import io.parley.support.Json;
import io.parley.support.testing.NoLimits;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** The REST operations of a feature without HTTP, on the persistence side of a {@link PersistenceLab}. */
public final class RestLab implements OperationHost {
    private final Map<String, Function<Call, Future<Answer>>> operations = new HashMap<>();
    private final ContractSchemas contract = ContractSchemas.openApi();

    public RestLab(Feature... features) {
        for (Feature feature : features) {
            feature.operations(this);
        }
    }

    @Override
    public void operation(String operationId, Function<Call, Future<Answer>> handler) {
        operations.put(operationId, handler);
    }

    /** Calls an operation with path and query parameters and the JSON of a body, as the contract lets them through. */
    public Answer call(PersistenceLab lab, UUID user, String operation, Map<String, ?> parameters, String body) {
        return call(lab, PersistenceLab.TENANT, user, operation, parameters, body);
    }

    /** As a person of any tenant. */
    public Answer call(
            PersistenceLab lab, UUID tenant, UUID user, String operation, Map<String, ?> parameters, String body) {
        LabCall request = LabCall.of(lab.bus(), tenant, user, parameters, body);
        return PersistenceLab.await(
                Objects.requireNonNull(operations.get(operation)).apply(request));
    }

    /** The error that a call ends in. */
    public AppError refusal(PersistenceLab lab, UUID user, String operation, Map<String, ?> parameters, String body) {
        try {
            call(lab, user, operation, parameters, body);
        } catch (AppError refused) {
            return refused;
        } catch (CompletionException refused) {
            if (refused.getCause() instanceof AppError error) {
                return error;
            }
            throw refused;
        }
        throw new AssertionError("was not refused");
    }

    /** An answer's body, which must fit a schema of the contract. */
    public JsonNode checked(String schema, Answer answer) {
        JsonNode body = Json.mapper().valueToTree(answer.body());
        assertThat(contract.errors("/components/schemas/" + schema, body))
                .as(body.toString())
                .isEmpty();
        return body;
    }

    private record LabCall(Bus bus, Limits limits, UUID tenant, UUID user, Request request) implements Call {
        static LabCall of(Bus bus, UUID tenant, UUID user, Map<String, ?> parameters, String json) {
            Map<String, JsonNode> values = new HashMap<>();
            parameters.forEach((name, value) -> values.put(
                    name,
                    value instanceof Number || value instanceof Boolean
                            ? Json.mapper().valueToTree(value)
                            : TextNode.valueOf(String.valueOf(value))));
            JsonNode body = Json.parse((json.isEmpty() ? "{}" : json).getBytes(StandardCharsets.UTF_8));
            return new LabCall(bus, NoLimits.limits(), tenant, user, new Request(values, body));
        }

        @Override
        public Principal principal() {
            return new Principal(tenant, user, Instant.MAX);
        }

        @Override
        public String address() {
            return "127.0.0.1";
        }

        @Override
        public String host() {
            return "localhost";
        }
    }
}
