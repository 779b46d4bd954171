/**
 * Event streams, as far as they are not the session host's: tickets, which are kept in Redis and may be lost. Nobody else
 * uses anything of it.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.streams;
