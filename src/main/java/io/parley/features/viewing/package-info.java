/**
 * Who is looking at a conversation now: which conversation each session shows, and who is told of it. It is said anew
 * again and again by the sessions that show something, kept nowhere but in Redis, and out of date after half a minute.
 * Other features may use the actions.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.viewing;
