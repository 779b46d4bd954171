/**
 * Conversations and who is in them: making and changing them, lists and members, and what the session host asks about
 * people (memberships, heads, personal repair). Other features may use the actions, the events and the views.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.conversations;
