package io.parley.bus;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.UUID;

/**
 * An event of a conversation on its way to the sockets: the bytes that every receiver gets, built once beside the
 * database, and the few facts that routing needs. Nobody on the way parses the bytes.
 *
 * @param version the conversation's version that this event is
 * @param joining people who are members from this version on (they receive this event)
 * @param leaving people who are members up to, not including, this version (they do not)
 * @param madeAtNanos {@link System#nanoTime} of the node that made it, for latency figures there; 0 elsewhere
 */
public record Frame(
        UUID conversation, long version, List<UUID> joining, List<UUID> leaving, Buffer bytes, long madeAtNanos) {}
