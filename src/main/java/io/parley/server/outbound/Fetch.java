package io.parley.server.outbound;

import io.parley.server.outbound.Unreachable.Reason;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** One fetch, from the address given to the page found. On one event loop. */
final class Fetch {
    private static final int OK = 200;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final String ACCEPT = "text/html,application/xhtml+xml;q=0.9,image/*;q=0.5";
    private static final String GZIP = "gzip";

    private final Vertx vertx;
    private final HttpClient client;
    private final Names names;
    private final OutboundPolicy policy;
    private final WebFetcher.Terms terms;
    private final Promise<Fetched> outcome = Promise.promise();
    private int redirects;
    private @Nullable HttpConnection connection;

    Fetch(Vertx vertx, HttpClient client, Names names, OutboundPolicy policy, WebFetcher.Terms terms) {
        this.vertx = vertx;
        this.client = client;
        this.names = names;
        this.policy = policy;
        this.terms = terms;
    }

    Future<Fetched> run(String url) {
        long timer = vertx.setTimer(terms.mostMs(), late -> outcome.tryFail(new Unreachable(Reason.TIMEOUT)));
        Future.succeededFuture(url)
                .map(WebAddress::of)
                .compose(this::visit)
                .onSuccess(outcome::tryComplete)
                .onFailure(cause -> outcome.tryFail(unreachable(cause)));
        return outcome.future().onComplete(ended -> {
            vertx.cancelTimer(timer);
            hangUp();
        });
    }

    private Future<Fetched> visit(WebAddress address) {
        policy.check(address);
        return addresses(address)
                .map(policy::choose)
                .compose(chosen -> client.request(options(address, chosen)))
                .compose(this::ask)
                .compose(response -> answered(address, response));
    }

    private Future<List<byte[]>> addresses(WebAddress address) {
        byte[] literal = address.literal();
        return literal == null ? names.addresses(address.host()) : Future.succeededFuture(List.of(literal));
    }

    /** To the address that was judged, whatever the name means to others by now. */
    private RequestOptions options(WebAddress address, byte[] chosen) {
        try {
            InetSocketAddress server = new InetSocketAddress(InetAddress.getByAddress(chosen), address.port());
            return new RequestOptions()
                    .setServer(SocketAddress.inetSocketAddress(server))
                    .setHost(address.host())
                    .setPort(address.port())
                    .setSsl(address.secure())
                    .setMethod(HttpMethod.GET)
                    .setURI(address.target())
                    .setFollowRedirects(false)
                    .putHeader(HttpHeaders.USER_AGENT, terms.userAgent())
                    .putHeader(HttpHeaders.ACCEPT, ACCEPT)
                    .putHeader(HttpHeaders.ACCEPT_ENCODING, GZIP);
        } catch (UnknownHostException wrongLength) {
            throw new Unreachable(Reason.DNS);
        }
    }

    private Future<HttpClientResponse> ask(HttpClientRequest request) {
        connection = request.connection();
        if (outcome.future().isComplete()) {
            hangUp();
        }
        return request.send();
    }

    private Future<Fetched> answered(WebAddress address, HttpClientResponse response) {
        if (REDIRECTS.contains(response.statusCode())) {
            return redirected(address, response.getHeader(HttpHeaders.LOCATION));
        }
        if (response.statusCode() != OK) {
            throw new Unreachable(Reason.STATUS);
        }
        String type = String.valueOf(response.getHeader(HttpHeaders.CONTENT_TYPE));
        String media = Fetched.mediaType(type);
        if (terms.noted().stream().anyMatch(media::startsWith)) {
            return Future.succeededFuture(
                    new Fetched(address, type, length(response), new byte[0], false, terms.mostBytes()));
        }
        if (!terms.wanted().contains(media)) {
            throw new Unreachable(Reason.TYPE);
        }
        boolean packed = packed(response.getHeader(HttpHeaders.CONTENT_ENCODING));
        return body(response)
                .map(body -> new Fetched(address, type, length(response), body, packed, terms.mostBytes()));
    }

    private Future<Fetched> redirected(WebAddress address, @Nullable String location) {
        hangUp();
        if (location == null) {
            throw new Unreachable(Reason.STATUS);
        }
        if (++redirects > terms.mostRedirects()) {
            throw new Unreachable(Reason.REDIRECTS);
        }
        return visit(address.resolve(location));
    }

    private static boolean packed(@Nullable String encoding) {
        return switch (encoding == null ? "identity" : encoding.strip().toLowerCase(Locale.ROOT)) {
            case GZIP, "x-gzip" -> true;
            case "identity", "" -> false;
            default -> throw new Unreachable(Reason.ENCODING);
        };
    }

    private static @Nullable Long length(HttpClientResponse response) {
        String length = response.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length == null || !length.matches("[0-9]{1,15}") ? null : Long.valueOf(length);
    }

    /** As much as there is, or as much as we want. */
    private Future<byte[]> body(HttpClientResponse response) {
        Promise<byte[]> whole = Promise.promise();
        Buffer gathered = Buffer.buffer();
        response.handler(chunk -> {
            gathered.appendBuffer(chunk, 0, Math.min(chunk.length(), terms.mostBytes() - gathered.length()));
            if (gathered.length() == terms.mostBytes()) {
                whole.tryComplete(gathered.getBytes());
            }
        });
        response.endHandler(ended -> whole.tryComplete(gathered.getBytes()));
        response.exceptionHandler(whole::tryFail);
        return whole.future();
    }

    private void hangUp() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }

    private static Unreachable unreachable(Throwable cause) {
        if (cause instanceof Unreachable known) {
            return known;
        }
        if (cause instanceof SSLException || cause.getCause() instanceof SSLException) {
            return new Unreachable(Reason.TLS);
        }
        return new Unreachable(cause instanceof IOException ? Reason.CONNECT : Reason.PROTOCOL);
    }
}
