/**
 * What was planned, what has happened, and whether that may be: the plan of sends, the ledger of what became of them,
 * the order at each receiver, and the times. Knows no sockets.
 */
@NullMarked
package io.parley.loadtest.check;

import org.jspecify.annotations.NullMarked;
