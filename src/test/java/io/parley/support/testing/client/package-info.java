/**
 * A client of Parley as the interface asks a good client to be, over the real WebSocket and REST, with a history of
 * all it does and sees for the checker; and sockets that are anything but good. Needs Vert.x and a running server,
 * no test framework. Everything of one client runs on one Vert.x context.
 */
@org.jspecify.annotations.NullMarked
package io.parley.support.testing.client;
