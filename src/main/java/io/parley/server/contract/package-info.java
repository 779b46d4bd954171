/**
 * The contract with clients: the two documents, put together from their parts, and the operations in them, which
 * features answer and clients reach over REST and the WebSocket alike. Knows neither of these hosts.
 */
@org.jspecify.annotations.NullMarked
package io.parley.server.contract;
