package io.parley.server.session;

import io.parley.bus.Action;
import io.parley.bus.Frame;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the session host asks of whoever keeps conversations. All are asked for many people at once, so that ten
 * thousand sessions that come back together cost some dozens of statements.
 */
public final class HubActions {
    /** The conversations that each person is in now. */
    public static final Action<Memberships, MembershipLists> MEMBERSHIPS =
            Action.of("hub.memberships", Memberships.class, MembershipLists.class);

    /** Account state, memberships and heads of each person, all from one snapshot. */
    public static final Action<Heads, HeadLists> HEADS = Action.of("hub.heads", Heads.class, HeadLists.class);

    /** The state of what changed in a conversation after a version, as a finished {@code changes} frame. */
    public static final Action<Repair, Repaired> REPAIR = Action.of("hub.repair", Repair.class, Repaired.class);

    /** The same for what concerns one person, as a finished {@code personal} frame. */
    public static final Action<PersonalRepair, PersonalRepaired> PERSONAL_REPAIR =
            Action.of("hub.personal-repair", PersonalRepair.class, PersonalRepaired.class);

    /** How far conversations and persons have come, for a hub that has missed what the journal told. */
    public static final Action<Followed, Versions> VERSIONS = Action.of("hub.versions", Followed.class, Versions.class);

    private HubActions() {}

    public record Person(UUID tenant, UUID user) {}

    /** @param awakeMinutes conversations with a message of the last so many minutes are told apart; 0: none */
    public record Memberships(List<Person> people, int awakeMinutes) {}

    /** In the order of the question. */
    public record MembershipLists(List<Rooms> people) {}

    /** @param awake those of the conversations in which people have been talking of late */
    public record Rooms(List<UUID> conversations, List<UUID> awake) {}

    /** @param since where the person's client was; null: from the beginning */
    public record HeadsOf(Person person, @Nullable Position since) {}

    /** @param fence oldest transaction that had not ended when the position was taken, as {@code xid8} */
    public record Position(UUID epoch, long userVersion, long fence) {}

    public record Heads(List<HeadsOf> people) {}

    /** In the order of the question; epoch and fence are those of the snapshot. */
    public record HeadLists(UUID epoch, long fence, List<AccountHeads> people) {}

    /**
     * @param active whether the account may be used
     * @param heads all conversations that the person is in
     * @param lost those that he was in and lost after {@code since}
     * @param lists his lists (contacts, stars …) that changed after {@code since}
     */
    public record AccountHeads(
            boolean active, long userVersion, List<Head> heads, List<Lost> lost, List<String> lists) {}

    /** @param version of the conversation, with which the person ceased to be a member */
    public record Lost(UUID conversation, long version) {}

    /** @param changed whether there is anything after {@code since} that the client does not know */
    public record Head(UUID conversation, long lastNumber, long lastVersion, long readNumber, boolean changed) {}

    public record Repair(UUID conversation, long after) {}

    /**
     * @param version the point to which the frame is complete
     * @param more whether there is more after {@code version}
     * @param joined people who became members after the version asked for and are still
     * @param out people who were not members all the time since, those who joined among them: the frame is not for them
     * @param anew the frame for those who joined: it tells to read the conversation anew
     */
    public record Repaired(
            long version,
            long lastNumber,
            boolean more,
            Buffer frame,
            List<Frame.Joining> joined,
            List<UUID> out,
            Buffer anew) {}

    public record PersonalRepair(UUID tenant, UUID user, long after) {}

    /** @param stays in conversations that may have been gained in between */
    public record PersonalRepaired(long userVersion, boolean active, Buffer frame, List<Stay> stays, List<UUID> lost) {}

    /** A membership that began with the version {@code since} and lasted when the conversation was at {@code version}. */
    public record Stay(UUID conversation, long since, long version) {}

    public record Followed(List<UUID> conversations, List<Person> people) {}

    /** In the order of the question; 0 of what there is not. */
    public record Versions(List<Long> conversations, List<Long> people) {}
}
