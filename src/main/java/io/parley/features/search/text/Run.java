package io.parley.features.search.text;

import java.util.List;

/**
 * What lies between two separators of a text.
 *
 * @param units of a script without spaces each character with its marks; otherwise one, the word
 * @param spaced whether it is a word
 */
record Run(List<Unit> units, boolean spaced) {
    /** A folded piece, and where in the text it comes from. */
    record Unit(String folded, int start, int end) {}
}
