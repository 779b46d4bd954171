package io.parley.server.outbound;

import io.parley.server.outbound.Unreachable.Reason;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Where this server may be sent. */
public final class OutboundPolicy {
    /** Where clouds tell a machine its secrets, and neighbours on the same cable: whatever the operator allows. */
    private static final List<Network> NEVER = Stream.of("169.254.0.0/16", "fe80::/10", "fd00:ec2::/32")
            .map(Network::of)
            .toList();

    private final Set<Integer> ports;
    private final List<String> allowHosts;
    private final List<String> denyHosts;
    private final List<Network> privateNetworks;

    /**
     * @param ports usually those of the web alone
     * @param allowHosts when there are any, only these and what is below them
     * @param denyHosts never these, nor what is below them
     * @param privateNetworks of those that are not public, these may be asked all the same; such as {@code 10.1.0.0/16}
     */
    public OutboundPolicy(
            Collection<Integer> ports, List<String> allowHosts, List<String> denyHosts, List<String> privateNetworks) {
        this.ports = Set.copyOf(ports);
        this.allowHosts = List.copyOf(allowHosts);
        this.denyHosts = List.copyOf(denyHosts);
        this.privateNetworks = privateNetworks.stream().map(Network::of).toList();
    }

    /**
     * What can be said before the name is resolved.
     *
     * @throws Unreachable when it may not be asked
     */
    public void check(WebAddress address) {
        if (!ports.contains(address.port())) {
            throw new Unreachable(Reason.PORT);
        }
        if (within(address.host(), denyHosts) || (!allowHosts.isEmpty() && !within(address.host(), allowHosts))) {
            throw new Unreachable(Reason.DENIED);
        }
    }

    /**
     * The one to connect to. A host that has both public and private addresses is up to no good.
     *
     * @throws Unreachable when one of them may not be asked
     */
    byte[] choose(List<byte[]> addresses) {
        if (!addresses.stream().allMatch(this::permits)) {
            throw new Unreachable(Reason.PRIVATE);
        }
        return addresses.getFirst();
    }

    private boolean permits(byte[] address) {
        return PublicAddresses.contain(address) || (within(address, privateNetworks) && !within(address, NEVER));
    }

    private static boolean within(byte[] address, List<Network> networks) {
        return networks.stream().anyMatch(network -> network.contains(address));
    }

    private static boolean within(String host, List<String> domains) {
        return domains.stream().anyMatch(domain -> host.equals(domain) || host.endsWith("." + domain));
    }
}
