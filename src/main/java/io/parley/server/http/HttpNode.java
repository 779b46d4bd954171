package io.parley.server.http;

import io.parley.bus.Bus;
import io.parley.server.auth.Authenticator;
import io.parley.server.contract.Contract;
import io.parley.server.limits.Limits;
import io.parley.support.Config;
import io.parley.support.Metrics;
import java.util.concurrent.atomic.AtomicInteger;

/** What all servers of one node share: the contract, the limits, what they are given. */
public final class HttpNode {
    private final Config config;
    private final Authenticator authenticator;
    private final Bus bus;
    private final Metrics metrics;
    private final Contract contract;
    private final Limits limits;
    private final ClientAddress addresses;
    private final ClientHost hosts;
    private final AtomicInteger connections = new AtomicInteger();

    public HttpNode(
            Config config, Authenticator authenticator, Bus bus, Limits limits, Metrics metrics, Contract contract) {
        this.config = config;
        this.authenticator = authenticator;
        this.bus = bus;
        this.metrics = metrics;
        this.contract = contract;
        this.limits = limits;
        this.addresses = new ClientAddress(config.http().trustedProxies());
        this.hosts = new ClientHost(addresses);
    }

    public Config config() {
        return config;
    }

    public Authenticator authenticator() {
        return authenticator;
    }

    public Bus bus() {
        return bus;
    }

    public Metrics metrics() {
        return metrics;
    }

    public Contract contract() {
        return contract;
    }

    public Limits limits() {
        return limits;
    }

    public ClientAddress addresses() {
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
