package io.parley.support.testing.checker;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One broken promise, for a person to read.
 *
 * @param device who saw it; null when the stored state alone shows it
 */
public record Violation(
        Invariant invariant,
        @Nullable String device,
        @Nullable UUID conversation,
        String detail) {
    @Override
    public String toString() {
        return invariant + (device == null ? "" : " " + device) + (conversation == null ? "" : " in " + conversation)
                + ": " + detail;
    }
}
