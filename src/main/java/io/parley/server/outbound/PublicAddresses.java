package io.parley.server.outbound;

import java.util.List;
import java.util.stream.Stream;

/**
 * Tells addresses of the public internet from all others: private and shared networks, this host, its neighbours, groups,
 * documentation. Of IPv6 only what is really given out to hosts is public, so that neither what is invented later is nor any
 * of the ways to write an IPv4 address as an IPv6 one (mapped, compatible, translated, tunnelled). After the special-purpose registries of IANA.
 */
final class PublicAddresses {
    private static final List<Network> SPECIAL_V4 = networks(
            "0.0.0.0/8", // this network
            "10.0.0.0/8",
            "100.64.0.0/10", // shared, behind a carrier's translation
            "127.0.0.0/8",
            "169.254.0.0/16", // link-local; where clouds tell a machine its secrets
            "172.16.0.0/12",
            "192.0.0.0/24", // protocol assignments
            "192.0.2.0/24", // documentation
            "192.31.196.0/24", // AS112
            "192.52.193.0/24", // automatic multicast tunneling
            "192.88.99.0/24", // relays of 6to4
            "192.168.0.0/16",
            "192.175.48.0/24", // AS112
            "198.18.0.0/15", // measurements
            "198.51.100.0/24", // documentation
            "203.0.113.0/24", // documentation
            "224.0.0.0/4", // groups
            "240.0.0.0/4"); // reserved, and everybody

    private static final Network GIVEN_OUT_V6 = Network.of("2000::/3");

    private static final List<Network> SPECIAL_V6 = networks(
            "2001::/23", // protocol assignments: Teredo, measurements, ORCHID …
            "2001:db8::/32", // documentation
            "2002::/16", // 6to4: an IPv4 address inside
            "2620:4f:8000::/48", // AS112
            "3fff::/20"); // documentation

    private static final int V4_BYTES = 4;

    private PublicAddresses() {}

    private static List<Network> networks(String... texts) {
        return Stream.of(texts).map(Network::of).toList();
    }

    /** @param address its 4 or 16 bytes */
    static boolean contain(byte[] address) {
        if (address.length == V4_BYTES) {
            return SPECIAL_V4.stream().noneMatch(network -> network.contains(address));
        }
        return GIVEN_OUT_V6.contains(address) && SPECIAL_V6.stream().noneMatch(network -> network.contains(address));
    }
}
