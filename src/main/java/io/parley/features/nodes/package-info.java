/**
 * What operators see and do of nodes: which there are, what each runs, and how many of each kind. Uses the bus and
 * {@code server.NodeActions}, which every node answers for itself.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.nodes;
