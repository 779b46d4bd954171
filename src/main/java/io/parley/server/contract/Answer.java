package io.parley.server.contract;

import org.jspecify.annotations.Nullable;

/** What an operation answers: status and a body to be written as JSON, or none. */
public record Answer(int status, @Nullable Object body) {
    public static Answer ok(Object body) {
        return new Answer(200, body);
    }

    public static Answer created(Object body) {
        return new Answer(201, body);
    }

    public static Answer noContent() {
        return new Answer(204, null);
    }
}
