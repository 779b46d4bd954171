/**
 * The guarded way out: how this server asks hosts that people have named, without being made to ask those that only it can
 * reach. Which addresses are public, names resolved once and connected to as resolved, bounds on time and size. May be
 * used by every feature that follows an address from outside; knows none of them.
 */
@org.jspecify.annotations.NullMarked
package io.parley.server.outbound;
