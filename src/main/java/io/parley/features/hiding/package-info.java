/**
 * Deleting messages for oneself, and clearing a history. What is hidden stands in {@code hidden_histories} and {@code
 * hidden_messages}; whoever reads messages for a person takes the spans of {@code shown_spans} instead of those of {@code
 * readable_spans}, or asks {@code hidden_for}. Other features may use the actions.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.hiding;
