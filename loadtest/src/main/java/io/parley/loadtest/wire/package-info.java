/**
 * Bytes of the WebSocket as a client reads and writes them, with as little work as can be: no objects for frames,
 * no trees for JSON. Knows nothing of messages; used by the clients only.
 */
@NullMarked
package io.parley.loadtest.wire;

import org.jspecify.annotations.NullMarked;
