package io.parley.server.contract;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.bus.Bus;
import io.parley.server.auth.Principal;
import io.parley.server.limits.Limits;
import io.parley.support.Ids;
import io.parley.support.Json;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One request to an operation. Parameters have passed the contract; bodies are read into records. */
public interface Call {
    /** The caller; only for operations that the contract secures with a person's token. */
    Principal principal();

    /** The network address of the client, behind trusted proxies the one they name. Not for operations with a command. */
    String address();

    /** The host name that the client used, for finding the tenant. Not for operations with a command. */
    String host();

    /** What has passed the contract's checks. */
    Request request();

    Bus bus();

    /** What the caller may still do, where only the feature knows what he does. */
    Limits limits();

    /** A path parameter that is an id. */
    default UUID id(String name) {
        return Ids.parse(name, query(name).orElseThrow());
    }

    default Optional<String> query(String name) {
        return Optional.ofNullable(request().parameters().get(name)).map(JsonNode::asText);
    }

    /** A numeric query parameter, checked by the contract. */
    default Optional<Long> number(String name) {
        return Optional.ofNullable(request().parameters().get(name)).map(JsonNode::longValue);
    }

    /** A query parameter that is true or false; false when it is not given. */
    default boolean flag(String name) {
        return Boolean.TRUE.equals(given(name));
    }

    /** A query parameter that is true or false; null when it is not given. */
    default @Nullable Boolean given(String name) {
        JsonNode value = request().parameters().get(name);
        return value == null ? null : value.booleanValue();
    }

    /**
     * The body as a record.
     *
     * @throws io.parley.support.AppError {@code validation_failed} when it does not fit
     */
    default <T> T body(Class<T> type) {
        return Json.read(request().body(), type);
    }
}
