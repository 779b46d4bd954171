/**
 * Who is there: devices and what they are doing, what people have chosen to show, and the sessions that watch them. What
 * the devices do is kept in Redis and may be lost ({@link io.parley.features.presence.PresenceStore}), what people
 * have chosen in PostgreSQL ({@link io.parley.features.presence.ChoiceStore}), because nobody invisible may be shown by
 * accident. Other features may use the actions.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.presence;
