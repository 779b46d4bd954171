/**
 * Messages: sending them through the conversation's lane, the history, and what changed since a version. Other
 * features may use {@link io.parley.features.messages.MessageView}, {@link io.parley.features.messages.MessageEvents},
 * {@link io.parley.features.messages.MessageRows} and {@link io.parley.features.messages.MessageActions}.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.messages;
