package io.parley.loadtest.provision;

import java.util.List;
import java.util.UUID;

/**
 * The people and rooms as the server knows them, in the order of the topology.
 *
 * @param rooms ids of conversations
 */
public record Population(Topology topology, List<Person> people, List<UUID> rooms) {
    /** @param token access token, valid for some minutes */
    public record Person(UUID id, String token) {}
}
