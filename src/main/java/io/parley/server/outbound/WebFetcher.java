package io.parley.server.outbound;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import java.util.Set;

/**
 * Fetches the beginning of what stands at an address of the web, without being of use to whoever would reach through us
 * what he cannot reach himself: every name is resolved here, its addresses are judged, and the connection goes to the very
 * address that was judged, with the host named in the request and checked in the certificate. So for each redirect.
 * Nothing is remembered from one fetch to another: no cookies, no connections.
 *
 * <p>Belongs to the verticle that made it, and ends with it.
 */
public final class WebFetcher {
    private final Vertx vertx;
    private final HttpClient client;
    private final Names names;
    private final OutboundPolicy policy;
    private final Terms terms;

    /**
     * How it asks, and for how much.
     *
     * @param userAgent tells the other side who asks
     * @param wanted media types of which the body is read
     * @param noted beginnings of media types of which type and length are enough
     * @param mostBytes of a body, compressed and unpacked
     * @param mostMs for all of it, redirects included
     */
    public record Terms(
            String userAgent, Set<String> wanted, Set<String> noted, int mostBytes, int mostRedirects, long mostMs) {}

    /** @param options for trust; what else matters is set here */
    public WebFetcher(Vertx vertx, HttpClientOptions options, Names names, OutboundPolicy policy, Terms terms) {
        this.vertx = vertx;
        this.client = vertx.createHttpClient(new HttpClientOptions(options)
                .setProtocolVersion(HttpVersion.HTTP_1_1)
                .setKeepAlive(false)
                .setConnectTimeout((int) terms.mostMs())
                .setVerifyHost(true)
                .setTrustAll(false));
        this.names = names;
        this.policy = policy;
        this.terms = terms;
    }

    /** What is there, or {@link Unreachable} saying why not. */
    public Future<Fetched> get(String url) {
        return new Fetch(vertx, client, names, policy, terms).run(url);
    }
}
