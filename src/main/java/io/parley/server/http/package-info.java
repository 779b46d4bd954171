/**
 * The REST host: loads the contract, checks requests against it, knows the caller, answers with problem+json,
 * serves documentation, health and metrics. Features register operations by their operationId.
 */
@org.jspecify.annotations.NullMarked
package io.parley.server.http;
