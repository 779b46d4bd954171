/**
 * What a text in Markdown is to those who do not show Markdown themselves: safe HTML, one plain line, the links in it.
 * The one place that knows which Markdown is understood. Knows nothing of chat; may be used by all, from any thread.
 */
@org.jspecify.annotations.NullMarked
package io.parley.support.markdown;
