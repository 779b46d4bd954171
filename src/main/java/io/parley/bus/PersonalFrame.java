package io.parley.bus;

import io.vertx.core.buffer.Buffer;
import java.util.UUID;

/**
 * An event for all sessions of one person.
 *
 * @param userVersion the person's version that this event is; 0 for what is not numbered because nobody misses it
 * @param closing true when the person's sessions must end (account not active any more)
 */
public record PersonalFrame(UUID user, long userVersion, boolean closing, Buffer bytes) {}
