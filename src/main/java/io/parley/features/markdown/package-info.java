/**
 * Markdown as HTML and as a plain line, for clients that do not read it themselves; what it means is decided in
 * {@link io.parley.support.markdown}. Asks features.messages for messages.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.markdown;
