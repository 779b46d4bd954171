package io.parley.features.presence;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.bus.Bus;
import io.parley.server.auth.Principal;
import io.parley.server.session.Caller;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A session that only remembers what it was offered. */
final class Guest implements Caller {
    private final UUID id = Ids.next();
    private final Principal principal;
    final List<JsonNode> received = new ArrayList<>();
    boolean slow;

    Guest(UUID tenant, UUID user) {
        this.principal = new Principal(tenant, user, Instant.MAX);
    }

    @Override
    public Principal principal() {
        return principal;
    }

    @Override
    public UUID session() {
        return id;
    }

    @Override
    public Bus bus() {
        throw new IllegalStateException("asks nobody");
    }

    @Override
    public boolean isIn(UUID conversation) {
        return false;
    }

    @Override
    public boolean offer(Buffer event) {
        return !slow && received.add(Json.parse(event.getBytes()));
    }
}
