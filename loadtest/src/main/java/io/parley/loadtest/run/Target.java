package io.parley.loadtest.run;

import java.net.URI;
import java.util.List;

/**
 * The server under test.
 *
 * @param sockets WebSockets of its nodes; empty: the one that the server tells
 * @param serverPids empty: whoever listens on the sockets' ports
 * @param usedPids of the database and the like; empty: whatever on this machine the servers are connected to
 * @param metrics of the nodes' management ports
 * @param workers other processes that have the people; empty: this one has them
 */
public record Target(
        URI http,
        List<URI> sockets,
        String operatorKey,
        List<Long> serverPids,
        List<Long> usedPids,
        List<URI> metrics,
        List<URI> workers) {}
