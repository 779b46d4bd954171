/**
 * Search of messages, conversations and people, and the searches that a person has made last. The index follows the
 * journal ({@code SearchProjection}, {@code IndexRebuild}); searches read it by the rights of now ({@code MessageSearch}).
 * Others may use {@code SearchActions} and {@code SearchEvents}.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.search;
