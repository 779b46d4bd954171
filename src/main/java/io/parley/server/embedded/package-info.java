/**
 * Embedded mode: a PostgreSQL and a Redis of the node's own, unpacked from the class path and kept in its data
 * directory, so that Parley runs with nothing installed but Java.
 *
 * <p>The servers are processes of their own that outlive a killed JVM; the next start on the same data directory takes
 * them over. All of it is blocking code for the main thread or a worker, before the verticles are deployed and after
 * they are undeployed. Knows nothing of the rest of Parley; only {@code Main} uses it, through
 * {@link io.parley.server.embedded.EmbeddedServices}.
 */
@NullMarked
package io.parley.server.embedded;

import org.jspecify.annotations.NullMarked;
