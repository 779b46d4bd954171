/**
 * The hosts that a node runs: they accept sockets and requests, own connections and order, and know no feature.
 * What the product does is handed to them as {@link io.parley.server.Feature}s. Each host has a package of its own;
 * this one holds only what is common to them. Used by features and Main, uses {@code bus} and {@code support}.
 */
@org.jspecify.annotations.NullMarked
package io.parley.server;
