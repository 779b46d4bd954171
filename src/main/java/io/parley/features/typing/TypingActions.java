package io.parley.features.typing;

import io.parley.bus.Action;
import io.parley.bus.Nothing;
import java.util.List;
import java.util.UUID;

/** What may be asked about typing. The first is answered beside PostgreSQL, the others beside Redis. */
public final class TypingActions {
    /** What must be known of a conversation; {@code not_found} for who is not in it. */
    public static final Action<Room, Size> SIZE = Action.of("typing.size", Room.class, Size.class);

    /** Somebody who has no session types, or has stopped. */
    public static final Action<Typing, Nothing> TYPE = Action.of("typing.type", Typing.class, Nothing.class);

    /** Remembers, for those who ask, what those with sessions have been told. */
    public static final Action<Notes, Nothing> NOTE = Action.of("typing.note", Notes.class, Nothing.class);

    /** Who is typing in a conversation. */
    public static final Action<Room, Typists> LIST = Action.of("typing.list", Room.class, Typists.class);

    private TypingActions() {}

    /** @param user who asks */
    public record Room(UUID tenant, UUID conversation, UUID user) {}

    /** @param silent of two people one has blocked the other: nobody is told anything */
    public record Size(int members, boolean silent) {}

    public record Typist(UUID tenant, UUID conversation, UUID user) {}

    public record Typing(Typist typist, boolean active) {}

    public record Notes(List<Typing> notes) {}

    public record Typists(List<UUID> users) {}
}
