/**
 * Messages that are pinned in their conversation, for everybody in it. That a message is pinned is in its state and told
 * as a change of it; the list is read here. Other features may use {@link io.parley.features.pins.PinActions}.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.pins;
