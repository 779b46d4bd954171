/**
 * The host beside Redis: its verticle, and the bounded way there. It knows no feature; features register what they
 * answer through {@link io.parley.server.presence.PresenceHost}.
 */
@org.jspecify.annotations.NullMarked
package io.parley.server.presence;
