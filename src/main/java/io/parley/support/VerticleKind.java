package io.parley.support;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The kinds of verticles of which a node runs any, in the order in which they are started. */
public enum VerticleKind {
    PERSISTENCE,
    JOBS,
    PRESENCE,
    SESSION,
    HTTP;

    /** As in the configuration and the contract. */
    @JsonValue
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
