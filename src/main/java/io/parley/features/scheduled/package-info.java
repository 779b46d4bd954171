/**
 * What a person wants to happen later: messages to be sent at a time, and reminders. Both are lists of his own; a job of
 * one of all nodes does what is due. Uses the actions of messages.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.scheduled;
