package io.parley.bus;

import io.parley.support.VerticleKind;
import java.time.Instant;
import java.util.Map;

/**
 * What a node tells the others, and operators, of itself.
 *
 * @param id of this run of the node
 * @param instances verticles of each kind
 * @param sessions WebSockets that have said hello
 * @param journalLagMs since when the journal was not read, or could not be read to its end
 * @param busLagMs how far behind the slowest other node is in taking what this one publishes
 */
public record NodeInfo(
        String id,
        String name,
        String version,
        Instant startedAt,
        boolean draining,
        Map<VerticleKind, Integer> instances,
        int sessions,
        long journalLagMs,
        long busLagMs,
        String http,
        String websocket) {}
