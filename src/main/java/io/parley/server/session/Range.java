package io.parley.server.session;

import io.parley.bus.Frame;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.UUID;

/**
 * A {@code changes} frame that stands for all versions in (after, version] of a conversation.
 *
 * @param joined people who became members in between and are still; they get {@code anew}
 * @param out people who were not members all the time, those who joined among them
 * @param ending the conversation has ended with it; then the frame is the event that says so
 * @param oldest as of {@link Frame}
 */
record Range(
        UUID conversation,
        long after,
        long version,
        long lastNumber,
        Buffer frame,
        List<Frame.Joining> joined,
        List<UUID> out,
        Buffer anew,
        boolean ending,
        long oldest) {}
