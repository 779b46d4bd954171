/**
 * The connection to Redis, which holds only what may be lost. Used by Main and by features that are given it.
 */
@org.jspecify.annotations.NullMarked
package io.parley.server.redis;
