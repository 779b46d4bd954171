/**
 * Who is typing in a conversation right now. It is told to those who have it open, out of date after seconds and kept
 * nowhere but in Redis, for those who ask over REST. Other features may use the actions.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.typing;
