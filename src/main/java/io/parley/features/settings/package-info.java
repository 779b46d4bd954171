/**
 * What a person sets for himself in a conversation: pinned, archived, muted, marked as unread, of what he wants to be
 * notified, how it looks. It is stored in {@code user_conversations.settings} as clients are told it, numbered and repaired
 * as his read marks are; {@code features.conversations} shows it. Other features may use the actions, and read the column.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.settings;
