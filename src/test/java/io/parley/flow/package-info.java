/** What people do with Parley, from the outside: over REST and WebSocket against a real node. */
@org.jspecify.annotations.NullMarked
package io.parley.flow;
