/**
 * Messages that disappear by themselves: for how long a message may be read, and the sweep that makes tombstones of those
 * whose time has come. Other features may use {@link io.parley.features.expiry.Lifetimes}. When a message disappears is
 * settled where it is stored, and that nobody reads it after that by {@code MessageRows} in {@code features.messages}.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.expiry;
