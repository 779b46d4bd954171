package io.parley.server.session;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.bus.Action;
import io.parley.bus.Closing;
import io.parley.bus.Frame;
import io.parley.server.auth.Origin;
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

    /**
     * @param origin of the token with which the session was opened
     * @param since where the person's client was; null: from the beginning
     */
    public record HeadsOf(
            Person person, Origin origin, @Nullable Position since) {}

    /** @param fence oldest transaction that had not ended when the position was taken, as {@code xid8} */
    public record Position(UUID epoch, long userVersion, long fence) {}

    public record Heads(List<HeadsOf> people) {}

    /** In the order of the question; epoch and fence are those of the snapshot. */
    public record HeadLists(UUID epoch, long fence, List<AccountHeads> people) {}

    /**
     * @param active whether the account may be used, and the token has not been ended
     * @param heads all conversations that the person is in
     * @param lost those that he was in and lost after {@code since}
     * @param lists his lists (contacts, stars …) that changed after {@code since}
     * @param readReceipts whether his sessions get read receipts
     */
    public record AccountHeads(
            boolean active,
            long userVersion,
            List<Head> heads,
            List<Lost> lost,
            List<String> lists,
            boolean readReceipts) {}

    /** @param version of the conversation, with which the person ceased to be a member */
    public record Lost(UUID conversation, long version) {}

    /**
     * @param settings what the person has set for himself there; null: nothing
     * @param changed whether there is anything after {@code since} that the client does not know
     * @param readsFrom the first message of his membership, where he may not read what was before; else 0
     */
    public record Head(
            UUID conversation,
            long lastNumber,
            long lastVersion,
            long readNumber,
            @Nullable JsonNode settings,
            boolean changed,
            long readsFrom) {}

    public record Repair(UUID conversation, long after) {}

    /**
     * @param version the point to which the frame is complete
     * @param more whether there is more after {@code version}
     * @param joined people who became members after the version asked for and are still
     * @param out people who were not members all the time since, those who joined among them: the frame is not for them
     * @param anew the frame for those who joined: it tells to read the conversation anew
     * @param ending nobody is in the conversation after this frame, which is the last for all who were
     * @param oldest as of {@link Frame}
     */
    public record Repaired(
            long version,
            long lastNumber,
            boolean more,
            Buffer frame,
            List<Frame.Joining> joined,
            List<UUID> out,
            Buffer anew,
            boolean ending,
            long oldest) {
        /** Of a conversation that goes on, with nothing that not everybody who is there may see. */
        public Repaired(
                long version,
                long lastNumber,
                boolean more,
                Buffer frame,
                List<Frame.Joining> joined,
                List<UUID> out,
                Buffer anew) {
            this(version, lastNumber, more, frame, joined, out, anew, false, 0);
        }
    }

    public record PersonalRepair(UUID tenant, UUID user, long after) {}

    /**
     * @param closing which sessions must have ended in between
     * @param readReceipts whether his sessions get read receipts
     * @param stays in conversations that may have been gained in between
     */
    public record PersonalRepaired(
            long userVersion, Closing closing, boolean readReceipts, Buffer frame, List<Stay> stays, List<UUID> lost) {}

    /**
     * A membership that began with the version {@code since}, before the message {@code fromNumber}, and lasted when the
     * conversation was at {@code version}.
     */
    public record Stay(UUID conversation, long since, long version, long fromNumber) {}

    public record Followed(List<UUID> conversations, List<Person> people) {}

    /** In the order of the question; 0 of what there is not. */
    public record Versions(List<Long> conversations, List<Long> people) {}
}
