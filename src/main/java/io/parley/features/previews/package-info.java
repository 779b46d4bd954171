/**
 * Link previews: what a page says of itself, under a message that links to it. A follower of the journal finds the links of
 * new and edited messages, a job fetches each of them once, and the result becomes part of the message, behind the send
 * path. Other features may use {@link io.parley.features.previews.PreviewActions}.
 *
 * <p>Tables: {@code link_previews}, what is known or wanted of a link; {@code preview_wishes}, messages that wait for it.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.previews;
