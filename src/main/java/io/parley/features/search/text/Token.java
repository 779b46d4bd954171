package io.parley.features.search.text;

/**
 * A word of a text, or, in scripts without spaces, two characters that follow each other. Every place of a text has one
 * token: the one at index {@code i} of a list has position {@code i + 1}.
 *
 * @param lexeme folded
 * @param start of what it was made of, in UTF-16 code units of the text
 * @param headEnd of two characters the end of the first; otherwise as {@code end}
 */
public record Token(String lexeme, int position, int start, int headEnd, int end) {}
