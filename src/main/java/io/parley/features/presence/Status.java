package io.parley.features.presence;

import java.util.Locale;

/** The words of the protocol for how somebody stands. */
enum Status {
    ONLINE,
    AWAY,
    BUSY,
    INVISIBLE,
    OFFLINE,
    UNKNOWN;

    static Status of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
