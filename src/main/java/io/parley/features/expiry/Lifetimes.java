package io.parley.features.expiry;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.AppError;
import io.parley.support.Config;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * For how long messages that disappear may be read.
 *
 * @param least seconds
 * @param most seconds
 */
public record Lifetimes(int least, int most) {
    /** The timer of a conversation, as clients name it. */
    private static final String TIMER = "disappearAfter";

    public static Lifetimes of(Config.Limits limits) {
        return new Lifetimes(limits.disappearLeastSeconds(), limits.disappearMostSeconds());
    }

    /**
     * @param field where the client has said it
     * @param seconds of one message; null: nothing was said
     * @throws AppError {@code validation_failed}
     */
    public void require(String field, @Nullable Integer seconds) {
        if (seconds != null && (seconds < least || seconds > most)) {
            throw AppError.field(field, "range", "must be " + least + " to " + most + " seconds");
        }
    }

    /**
     * The same for the timer among a conversation's settings, which may also be off.
     *
     * @throws AppError {@code validation_failed}
     */
    public void requireTimer(Map<String, JsonNode> settings) {
        JsonNode timer = settings.get(TIMER);
        if (timer != null && timer.intValue() != 0) {
            require(TIMER, timer.intValue());
        }
    }
}
