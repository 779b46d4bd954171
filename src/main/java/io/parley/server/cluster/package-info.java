/**
 * How this node becomes one of several: membership by Hazelcast, the event bus between nodes. Nothing is kept in the
 * cluster but who is in it and who listens to which address; the truth is in PostgreSQL. Used by {@code Main} alone.
 */
@org.jspecify.annotations.NullMarked
package io.parley.server.cluster;
