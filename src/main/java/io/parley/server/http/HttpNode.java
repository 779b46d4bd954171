package io.parley.server.http;

import io.parley.bus.Bus;
import io.parley.server.auth.Authenticator;
import io.parley.server.contract.Contract;
import io.parley.support.Config;
import io.parley.support.Metrics;
import java.util.concurrent.atomic.AtomicInteger;

/** What the instances of {@link HttpVerticle} on one node share: the contract, the limits, what they are given. */
public final class HttpNode {
    private final Config config;
    private final Authenticator authenticator;
    private final Bus bus;
    private final Metrics metrics;
    private final Contract contract;
    private final RateLimits limits;
    private final ClientAddress addresses;
    private final ClientHost hosts;
    private final AtomicInteger connections = new AtomicInteger();

    public HttpNode(Config config, Authenticator authenticator, Bus bus, Metrics metrics, Contract contract) {
        this.config = config;
        this.authenticator = authenticator;
        this.bus = bus;
        this.metrics = metrics;
        this.contract = contract;
        this.limits = new RateLimits(config.http());
        this.addresses = new ClientAddress(config.http().trustedProxies());
        this.hosts = new ClientHost(addresses);
    }

    Config config() {
        return config;
    }

    Authenticator authenticator() {
        return authenticator;
    }

    Bus bus() {
        return bus;
    }

    Metrics metrics() {
        return metrics;
    }

    Contract contract() {
        return contract;
    }

    RateLimits limits() {
        return limits;
    }

    ClientAddress addresses() {
        return addresses;
    }

    ClientHost hosts() {
        return hosts;
    }

    /** How many are open on the node. */
    AtomicInteger connections() {
        return connections;
    }
}
