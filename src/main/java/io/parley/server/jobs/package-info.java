/**
 * The host of what follows the journal and of timed work.
 */
@org.jspecify.annotations.NullMarked
package io.parley.server.jobs;
