/**
 * What people have begun to write, the same on all their devices. Many keystrokes are few changes: see {@link
 * io.parley.features.drafts.DraftWriter}. Other features may use the actions.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.drafts;
