package io.parley.features.viewing;

import io.parley.bus.Action;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be asked about viewing. The first is answered beside PostgreSQL, the others beside Redis. */
public final class ViewingActions {
    /** Who may look into a conversation, and may be shown there; in the order of the question. */
    public static final Action<Persons, Rights> RIGHTS = Action.of("viewing.rights", Persons.class, Rights.class);

    /** Some begin or go on to show conversations, others have ended; answers who shows them now, in the same order. */
    public static final Action<Notes, Noted> NOTE = Action.of("viewing.note", Notes.class, Noted.class);

    /** Who shows a conversation, whoever asks. */
    public static final Action<Asked, Viewers> VIEWERS = Action.of("viewing.viewers", Asked.class, Viewers.class);

    private ViewingActions() {}

    /** Somebody in a conversation. */
    public record Person(UUID tenant, UUID user, UUID conversation) {}

    public record Persons(List<Person> people) {}

    public record Rights(List<Right> people) {}

    /**
     * @param root the conversation whose members may look; null: he is none of them
     * @param shown false: he does not want to be seen, or of two people one has blocked the other
     */
    public record Right(@Nullable UUID root, boolean shown) {}

    /**
     * @param place the sessions of one event loop; what it does not say again ends by itself
     * @param notes none of which names a conversation that another one names
     */
    public record Notes(UUID place, List<Note> notes) {}

    /**
     * @param root of the conversation, by which its events find their way
     * @param here who shows it at the place
     * @param gone who shows it there no more
     */
    public record Note(UUID tenant, UUID conversation, UUID root, List<UUID> here, List<UUID> gone) {}

    public record Noted(List<Viewers> conversations) {}

    public record Asked(UUID tenant, UUID conversation) {}

    /**
     * Who shows a conversation.
     *
     * @param at by Redis's clock, in microseconds since 1970: of two the later one holds
     * @param users the first of them, by when they came
     */
    public record Viewers(UUID conversation, long at, int count, List<UUID> users) {}
}
