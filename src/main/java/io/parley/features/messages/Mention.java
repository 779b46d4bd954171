package io.parley.features.messages;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who is mentioned in a text.
 *
 * @param user null: everybody
 * @param everybody {@code all} or {@code here}; null: the user
 * @param offset where it begins in the text, in UTF-16 code units, as {@code length} is counted
 * @param name as it is written there
 */
record Mention(@Nullable UUID user, @Nullable String everybody, int offset, int length, String name) {}
