package io.parley.server.http;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the address of the client behind the proxies that the configuration trusts. {@code X-Forwarded-For} is read
 * from its end, where the nearest proxy has written, and only as far as trusted ones wrote it: everything before
 * that anybody may have made up.
 *
 * <p>Of an IPv6 address the /64 network is told, because that is what one customer has at least; limits by single
 * address would not bind him.
 */
public final class ClientAddress {
    private final List<IpSubnetFilterRule> trusted;

    /** @param trustedProxies addresses and networks, checked by the configuration */
    public ClientAddress(List<String> trustedProxies) {
        this.trusted = trustedProxies.stream().map(ClientAddress::rule).toList();
    }

    private static IpSubnetFilterRule rule(String network) {
        int slash = network.indexOf('/');
        String address = slash < 0 ? network : network.substring(0, slash);
        int bits = slash < 0
                ? (NetUtil.isValidIpV4Address(address) ? 32 : 128)
                : Integer.parseInt(network.substring(slash + 1));
        return new IpSubnetFilterRule(address, bits, IpFilterRuleType.ACCEPT);
    }

    /** The client's address, or the /64 network of it. */
    public String of(HttpServerRequest request) {
        return of(request.connection().remoteAddress(), request.headers());
    }

    /** The same for a connection whose request is not at hand. */
    public String of(@Nullable SocketAddress peer, MultiMap headers) {
        return of(text(peer), headers.getAll("X-Forwarded-For"));
    }

    String of(String peer, List<String> forwardedFor) {
        InetAddress address = literal(peer);
        if (address == null) {
            return "unknown";
        }
        return text(forwarded(address, String.join(",", forwardedFor)));
    }

    /** Whether what this peer says of the client is believed. */
    boolean trustsPeerOf(HttpServerRequest request) {
        InetAddress address =
                trusted.isEmpty() ? null : literal(text(request.connection().remoteAddress()));
        return address != null && trusts(address);
    }

    private InetAddress forwarded(InetAddress nearest, String header) {
        InetAddress address = nearest;
        String[] hops = header.split(",", -1);
        for (int i = hops.length - 1; i >= 0 && trusts(address); i--) {
            InetAddress before = literal(hops[i].trim());
            if (before == null) {
                return address;
            }
            address = before;
        }
        return address;
    }

    private boolean trusts(InetAddress address) {
        InetSocketAddress socket = new InetSocketAddress(address, 0);
        return trusted.stream().anyMatch(rule -> rule.matches(socket));
    }

    private static String text(@Nullable SocketAddress peer) {
        String address = peer == null ? null : peer.hostAddress();
        return address == null ? "" : address;
    }

    /** Never asks a name server; an IPv4 address in IPv6 clothes comes out as IPv4. */
    private static @Nullable InetAddress literal(String text) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        try {
            return bytes == null ? null : InetAddress.getByAddress(bytes);
        } catch (UnknownHostException never) {
            return null;
        }
    }

    private static String text(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address.getHostAddress();
        }
        byte[] network = address.getAddress();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i += 2) {
            text.append(Integer.toHexString((network[i] & 0xff) << 8 | (network[i + 1] & 0xff)))
                    .append(':');
        }
        return text.append(":/64").toString();
    }
}
