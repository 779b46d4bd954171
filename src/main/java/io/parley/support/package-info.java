/**
 * What every other package stands on and that knows nothing of chat: errors, configuration, ids, JSON, secrets,
 * clocks. May be used by all, uses nothing of Parley.
 */
@org.jspecify.annotations.NullMarked
package io.parley.support;
