/** What must hold while nodes and servers are killed, paused and restarted: campaigns against nodes of their own. */
@org.jspecify.annotations.NullMarked
package io.parley.fault;
