package io.parley.server.outbound;

import io.netty.util.NetUtil;
import io.parley.server.outbound.Unreachable.Reason;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.dns.DnsClient;
import io.vertx.core.dns.DnsClientOptions;
import io.vertx.core.dns.DnsException;
import io.vertx.core.dns.DnsResponseCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Asks the name server of this system for public names: never its hosts file, never the search domains with which short
 * names become internal ones, and without a memory of its own.
 */
public final class DnsNames implements Names {
    private final DnsClient client;

    public DnsNames(Vertx vertx, DnsClientOptions options) {
        this.client = vertx.createDnsClient(options);
    }

    /** IPv4 first: every host that has both can be reached by it, and not every server has IPv6. */
    @Override
    public Future<List<byte[]>> addresses(String host) {
        Future<List<String>> four = client.resolveA(host);
        Future<List<String>> six = client.resolveAAAA(host);
        return Future.join(four, six).transform(ended -> {
            List<byte[]> found = new ArrayList<>();
            add(found, four);
            add(found, six);
            if (found.isEmpty()) {
                return Future.failedFuture(
                        new Unreachable(missing(four) && missing(six) ? Reason.NO_NAME : Reason.DNS));
            }
            return Future.succeededFuture(found);
        });
    }

    private static void add(List<byte[]> found, Future<List<String>> answer) {
        if (answer.succeeded()) {
            answer.result().stream()
                    .map(NetUtil::createByteArrayFromIpAddressString)
                    .filter(Objects::nonNull)
                    .forEach(found::add);
        }
    }

    /** The server has answered that there is none. */
    private static boolean missing(Future<List<String>> answer) {
        return answer.succeeded()
                || (answer.cause() instanceof DnsException refused && refused.code() == DnsResponseCode.NXDOMAIN);
    }
}
