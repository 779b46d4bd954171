/**
 * Conversations and who is in them. Other features may use {@link
 * io.parley.features.conversations.MemberView} and {@link io.parley.features.conversations.ConversationSettings}.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.conversations;
