package io.parley.support;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;
import java.util.UUID;

/** Makes and reads ids: UUID version 7 (RFC 9562), in lower-case canonical text. */
public final class Ids {
    private static final TimeBasedEpochGenerator GENERATOR = Generators.timeBasedEpochGenerator();
    private static final int CANONICAL_LENGTH = 36;

    private Ids() {}

    public static UUID next() {
        return GENERATOR.generate();
    }

    /**
     * Reads an id that a caller made. {@link UUID#fromString} also takes shortened forms such as {@code 1-1-1-1-1},
     * signs and hyphens elsewhere, so that one id would have many spellings; only the canonical one is taken, in
     * either case.
     *
     * @throws AppError {@code validation_failed} naming {@code field}
     */
    public static UUID parse(String field, String text) {
        if (text.length() == CANONICAL_LENGTH) {
            try {
                UUID id = UUID.fromString(text);
                if (id.toString().equalsIgnoreCase(text)) {
                    return id;
                }
            } catch (IllegalArgumentException notAnId) {
                // falls through to the one error below
            }
        }
        throw AppError.field(field, "format", "must be a UUID");
    }
}
