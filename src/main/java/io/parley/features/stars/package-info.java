/**
 * Messages that a person wants to find again: giving and taking stars, and the list of them, with the messages as he may
 * read them now. Other features may use the actions.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.stars;
