/**
 * The only code that sees the Vert.x event bus. Requests are typed {@link io.parley.bus.Action}s, events are frames
 * built once ({@link io.parley.bus.Frame}); addresses are made by {@link io.parley.bus.Address} alone. Used by the
 * hosts in {@code server} and by features; uses only {@code support}.
 */
@org.jspecify.annotations.NullMarked
package io.parley.bus;
