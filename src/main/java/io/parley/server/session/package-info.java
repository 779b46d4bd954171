/**
 * The WebSocket host: sessions, commands, the hub that gives each session the events of its conversations in
 * order, and what it costs to be slow. Features register commands.
 */
@org.jspecify.annotations.NullMarked
package io.parley.server.session;
