package io.parley.server.session;

import io.parley.support.Config;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.net.HostAndPort;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which pages of the web may come to the session port from a browser. */
final class Origins {
    private static final String ANY = "*";

    private final Set<String> allowed = new HashSet<>();
    private final boolean sameHost;

    Origins(Config config) {
        allowed.addAll(config.session().allowedOrigins());
        allowed.addAll(config.http().allowedOrigins());
        sameHost = config.http().publicUrl().isEmpty();
        if (!sameHost) {
            URI url = URI.create(config.http().publicUrl());
            allowed.add(url.getScheme() + "://" + url.getAuthority());
        }
    }

    /**
     * Browsers always send their origin; who sends none is not a page that acts in somebody else's name.
     *
     * @param authority that the client has asked for
     */
    boolean allow(MultiMap headers, @Nullable HostAndPort authority) {
        List<String> given = headers.getAll(HttpHeaders.ORIGIN);
        return given.isEmpty()
                || (given.size() == 1
                        && (allowed.contains(ANY)
                                || allowed.contains(given.getFirst())
                                || (sameHost && isHost(given.getFirst(), authority))));
    }

    /** Without a public URL a page may speak to the host that it came from, whatever the port. */
    private static boolean isHost(String origin, @Nullable HostAndPort asked) {
        try {
            return asked != null
                    && asked.host().equalsIgnoreCase(URI.create(origin).getHost());
        } catch (IllegalArgumentException noUrl) {
            return false;
        }
    }

    /** What lets the page of an allowed origin read the answer; empty when no page has asked. */
    MultiMap permission(MultiMap headers) {
        MultiMap permission = HttpHeaders.headers();
        String origin = headers.get(HttpHeaders.ORIGIN);
        if (origin != null) {
            permission
                    .add(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, allowed.contains(ANY) ? ANY : origin)
                    .add(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, "Retry-After")
                    .add(HttpHeaders.VARY, "Origin");
        }
        return permission;
    }
}
