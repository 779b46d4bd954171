package io.parley.features.presence;

import io.parley.bus.Action;
import io.parley.bus.Nothing;
import io.parley.bus.PresenceFrame.Standing;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * What may be asked about presence. The first two are answered beside PostgreSQL, the others beside Redis by any
 * instance; those fail with {@code unavailable} when Redis does not answer.
 */
public final class PresenceActions {
    /** Stores what a person wants to show; answered after its commit. */
    public static final Action<Choose, Choice> CHOOSE = Action.of("presence.choose", Choose.class, Choice.class);

    public static final Action<People, Choices> CHOICES = Action.of("presence.choices", People.class, Choices.class);

    /** Makes a stored choice seen. Done at once, or as soon as Redis answers again. */
    public static final Action<Choice, Nothing> APPLY = Action.of("presence.apply", Choice.class, Nothing.class);

    /** Tells those who watch somebody how he stands, because they may see more or less of him than before. */
    public static final Action<Person, Nothing> SHOW = Action.of("presence.show", Person.class, Nothing.class);

    /** A place is alive; asked every few seconds. */
    public static final Action<Beat, Pulse> BEAT = Action.of("presence.beat", Beat.class, Pulse.class);

    /** What the devices of a place do now. */
    public static final Action<Report, Reported> REPORT = Action.of("presence.report", Report.class, Reported.class);

    /** How people stand, in the order of the question. People whom nobody knows are offline. */
    public static final Action<People, Standings> STANDINGS =
            Action.of("presence.standings", People.class, Standings.class);

    private PresenceActions() {}

    public record Person(UUID tenant, UUID user) {}

    public record People(List<Person> people) {}

    /** @param status online (nothing chosen), busy or invisible */
    public record Choose(UUID tenant, UUID user, String status) {}

    /**
     * @param revision of two choices the one with the higher revision holds
     * @param since when this was first chosen
     */
    public record Choice(UUID tenant, UUID user, String status, long revision, Instant since) {}

    /** Those who have ever chosen anything, in any order. */
    public record Choices(List<Choice> choices) {}

    /**
     * @param place the sessions of one event loop since it last began anew; what it has reported ends with it
     * @param begin whether it begins now
     */
    public record Beat(UUID place, boolean begin) {}

    /**
     * @param known false: the place was taken for dead or forgotten, so it must begin anew under another id
     * @param epoch see {@link Standing}
     * @param settling Redis has lost everything a moment ago: whoever is not there may not have been reported yet
     */
    public record Pulse(boolean known, long epoch, boolean settling) {}

    public record Report(UUID place, List<Sight> sights) {}

    /** What a device does. */
    public enum Doing {
        ONLINE,
        AWAY,
        GONE;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param idleMs since something was last done on the device
     * @param entering it is reported for the first time, or checked: what its person has chosen must be looked up
     */
    public record Sight(UUID tenant, UUID user, UUID session, Doing doing, long idleMs, boolean entering) {
        Person person() {
            return new Person(tenant, user);
        }
    }

    /**
     * @param known as in {@link Pulse}; false: nothing was done
     * @param entered false: what people have chosen could not be looked up, so nobody has entered yet; report them again
     */
    public record Reported(boolean known, boolean entered) {}

    public record Standings(List<Standing> people) {}
}
