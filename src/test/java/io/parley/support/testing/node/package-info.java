/**
 * Nodes to test against: the real program in a JVM of its own, with the servers that it brings along, to be used,
 * paused, killed and started again. Only {@link io.parley.support.testing.node.RunningNode} knows JUnit.
 */
@org.jspecify.annotations.NullMarked
package io.parley.support.testing.node;
