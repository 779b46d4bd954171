/**
 * The host of everything that reads and writes PostgreSQL: pools, lanes in which the changes of a conversation
 * meet and are batched, migrations, the journal. Features register actions.
 */
@org.jspecify.annotations.NullMarked
package io.parley.server.persistence;
