package io.parley.bus;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How some people stand now, for every node that has sessions; each tells those of its sessions that watch them.
 *
 * @param viewers who may see other things of other people than before
 */
public record PresenceFrame(List<Standing> people, List<Viewer> viewers) {
    public PresenceFrame(List<Standing> people) {
        this(people, List.of());
    }

    /**
     * Somebody from whom somebody hides now, or does so no more. Who that is must be asked anew: frames overtake each other.
     *
     * @param conversation the direct one of the two, in which typing may not be told any more; null: they have none
     */
    public record Viewer(UUID user, @Nullable UUID conversation) {}

    /**
     * One person's presence. Of two of the same epoch the one with the higher turn is newer; of two epochs nothing is
     * known, so whoever comes last is believed.
     *
     * @param status what others see
     * @param own what the person himself sees
     * @param lastSeen milliseconds since 1970, told of those who are offline; null: not known
     * @param lastSeenFor who is told that: everybody, contacts or nobody
     * @param epoch changes when Redis has lost everything; 0: Redis could not be asked
     * @param turn counts the person's changes within the epoch
     */
    public record Standing(
            UUID tenant,
            UUID user,
            String status,
            String own,
            @Nullable Long lastSeen,
            String lastSeenFor,
            long epoch,
            long turn) {
        /** Nobody is told when he was last there until it is known who may. */
        public static final String NOBODY = "nobody";

        public Standing lastSeenFor(String audience) {
            return new Standing(tenant, user, status, own, lastSeen, audience, epoch, turn);
        }
    }
}
