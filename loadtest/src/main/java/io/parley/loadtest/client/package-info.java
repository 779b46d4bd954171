/**
 * The people of a load: their WebSockets, the threads that read them and the one that sends. Everything a session
 * receives is checked and timed here as it comes.
 */
@NullMarked
package io.parley.loadtest.client;

import org.jspecify.annotations.NullMarked;
