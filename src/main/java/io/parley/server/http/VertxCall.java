package io.parley.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.bus.Bus;
import io.parley.server.auth.Principal;
import io.parley.support.Ids;
import io.parley.support.Json;
import java.util.Optional;
import java.util.UUID;

/** A request that has passed all checks. */
record VertxCall(Optional<Principal> caller, String address, String host, RequestCheck.Checked request, Bus bus)
        implements Call {

    @Override
    public Principal principal() {
        return caller.orElseThrow(() -> new IllegalStateException("the contract does not secure this operation"));
    }

    @Override
    public UUID id(String name) {
        return Ids.parse(name, query(name).orElseThrow());
    }

    @Override
    public Optional<String> query(String name) {
        return Optional.ofNullable(request.parameters().get(name)).map(JsonNode::asText);
    }

    @Override
    public Optional<Long> number(String name) {
        return Optional.ofNullable(request.parameters().get(name)).map(JsonNode::longValue);
    }

    @Override
    public <T> T body(Class<T> type) {
        return Json.read(request.body(), type);
    }
}
