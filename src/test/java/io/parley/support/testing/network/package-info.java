/**
 * A network that can be broken: TCP proxies whose links are cut, held or slowed one by one. Needs nothing but the
 * JDK; everything of it may be called from any thread.
 */
@org.jspecify.annotations.NullMarked
package io.parley.support.testing.network;
