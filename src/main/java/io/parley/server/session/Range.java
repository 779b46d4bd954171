package io.parley.server.session;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.UUID;

/** A {@code changes} frame that stands for all versions in (after, version] of a conversation. */
record Range(
        UUID conversation,
        long after,
        long version,
        long lastNumber,
        Buffer frame,
        List<UUID> joined,
        List<UUID> left) {}
