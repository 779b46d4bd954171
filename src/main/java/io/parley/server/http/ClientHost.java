package io.parley.server.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.util.Locale;

/** Finds the host name that the client used, behind a trusted proxy the one that it passes on. */
final class ClientHost {
    private final ClientAddress addresses;

    ClientHost(ClientAddress addresses) {
        this.addresses = addresses;
    }

    /** In lower case and without the port; empty when the client named none. */
    String of(HttpServerRequest request) {
        String forwarded = request.getHeader("X-Forwarded-Host");
        HostAndPort authority = forwarded != null && addresses.trustsPeerOf(request)
                ? HostAndPort.parseAuthority(
                        forwarded.substring(forwarded.lastIndexOf(',') + 1).trim(), -1)
                : request.authority();
        return authority == null ? "" : authority.host().toLowerCase(Locale.ROOT);
    }
}
