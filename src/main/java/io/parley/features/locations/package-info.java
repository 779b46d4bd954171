/**
 * Live locations: where the sender of a message is, as long as he tells it. A location itself is the content of a message,
 * made as all are. Other features may use {@link io.parley.features.locations.LocationActions} and {@link
 * io.parley.features.locations.LocationEvents}.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.locations;
