package io.parley.server.auth;

import io.parley.support.AppError;
import io.parley.support.Texts;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a client says of the device that it runs on; nothing is made of it but what people are shown.
 *
 * @param id made by the client at its first start
 * @param platform such as {@code android}
 * @param name as its owner calls it
 */
public record Device(
        @Nullable String id,
        @Nullable String platform,
        @Nullable String name,
        @Nullable String appVersion) {
    private static final int MOST_OF_NAMES = 100;
    private static final int MOST_OF_WORDS = 50;

    /** @throws AppError {@code validation_failed}: what a client could fill our memory with is no name of a device */
    public Device {
        require("id", id, MOST_OF_NAMES);
        require("platform", platform, MOST_OF_WORDS);
        require("name", name, MOST_OF_NAMES);
        require("appVersion", appVersion, MOST_OF_WORDS);
    }

    private static void require(String field, @Nullable String text, int most) {
        if (text != null && text.codePointCount(0, text.length()) > most) {
            throw AppError.field("device." + field, "length", "must have at most " + most + " characters");
        }
        if (text != null) {
            Texts.requireStorable("device." + field, text);
        }
    }

    /** Null when nothing is known. */
    public static @Nullable Device of(
            @Nullable String id, @Nullable String platform, @Nullable String name, @Nullable String appVersion) {
        return Stream.of(id, platform, name, appVersion).allMatch(Objects::isNull)
                ? null
                : new Device(id, platform, name, appVersion);
    }

    /** What is said now, and for the rest what was said before. */
    public Device over(@Nullable Device before) {
        return before == null
                ? this
                : new Device(
                        either(id, before.id),
                        either(platform, before.platform),
                        either(name, before.name),
                        either(appVersion, before.appVersion));
    }

    private static @Nullable String either(@Nullable String now, @Nullable String before) {
        return now == null ? before : now;
    }
}
