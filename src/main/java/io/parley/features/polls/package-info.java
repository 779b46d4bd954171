/**
 * Polls: voting, many votes of one poll in one call; closing, by hand and at their time; who has voted for what. What is
 * asked is the content of a message, made as all are; what a poll shows of its votes is in the message's state, which
 * {@code features.messages} reads. Other features may use {@link io.parley.features.polls.PollActions} and {@link
 * io.parley.features.polls.PollEvents}.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.polls;
