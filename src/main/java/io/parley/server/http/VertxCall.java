package io.parley.server.http;

import io.parley.bus.Bus;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Call;
import io.parley.server.contract.Request;
import io.parley.server.limits.Limits;
import java.util.Optional;

/** A request that has passed all checks. */
record VertxCall(Optional<Principal> caller, String address, String host, Request request, Bus bus, Limits limits)
        implements Call {
    @Override
    public Principal principal() {
        return caller.orElseThrow(() -> new IllegalStateException("the contract does not secure this operation"));
    }
}
