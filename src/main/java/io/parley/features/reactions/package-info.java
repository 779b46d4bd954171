/**
 * Reactions: adding and removing them, many to one message in one call, who has reacted, and what a person uses most.
 * Other features may use {@link io.parley.features.reactions.ReactionActions} and {@link
 * io.parley.features.reactions.ReactionEvents}. What a message shows of its reactions is in its state, which {@code
 * features.messages} reads.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.reactions;
