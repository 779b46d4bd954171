package io.parley.support.testing.checker;

import java.util.UUID;

/**
 * What the server says about a conversation when a device (re)connects or pings.
 *
 * @param removed he is no longer in it, with that version; the number is 0 then
 */
public record Head(UUID conversation, long lastNumber, long lastVersion, boolean removed) {}
