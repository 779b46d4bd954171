package io.parley.features.presence;

import io.parley.bus.PresenceFrame.Standing;
import io.parley.features.presence.PresenceActions.Choice;
import io.parley.features.presence.PresenceActions.Person;
import io.parley.features.presence.PresenceActions.Pulse;
import io.parley.features.presence.PresenceActions.Sight;
import io.parley.features.presence.PresenceView.Kept;
import io.parley.server.presence.RedisLine;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Presence in Redis. Nothing in it is the truth: what devices do is reported anew by those who have their sessions, and
 * what people have chosen is in PostgreSQL. Keys, each with an expiry:
 *
 * <ul>
 *   <li>{@code parley:presence:epoch}: a number; whoever does not find it knows that everything was lost
 *   <li>{@code parley:presence:settling}: for some seconds after a new epoch, until all have reported
 *   <li>{@code parley:presence:places}: set of places, the sessions of an event loop each
 *   <li>{@code parley:presence:place:<place>}: there as long as the place lives
 *   <li>{@code parley:presence:at:<place>}: set of {@code <tenant>:<user>} who have sessions there
 *   <li>{@code parley:presence:user:<tenant>:<user>}: hash of {@code s:<place>:<session>} → online or away,
 *       {@code chosen}, {@code revision} and {@code since} of the choice, {@code seen} (ms), {@code turn}
 * </ul>
 */
final class PresenceStore {
    /** A place that has not been heard of for so long is dead. */
    static final long PLACE_MS = 10_000;

    /** By then every place has noticed that Redis was emptied and has reported what it has. */
    static final long SETTLING_MS = 8_000;

    /** Last seen is known for so long; whatever else is kept goes with it. */
    private static final long KEEP_MS = TimeUnit.DAYS.toMillis(30);

    private static final String PREFIX = "parley:presence:";
    private static final String EPOCH = PREFIX + "epoch";
    private static final String SETTLING = PREFIX + "settling";
    private static final String PLACES = PREFIX + "places";
    private static final String KEEP = Long.toString(KEEP_MS);

    /** Exactly kept by every JSON reader, and never 0. */
    private static final long GREATEST_EPOCH = 1L << 53;

    private final RedisLine redis;

    PresenceStore(RedisLine redis) {
        this.redis = redis;
    }

    /** @param known false: the place was not there, so nothing was done */
    record Done(boolean known, List<Standing> changed) {}

    Future<Pulse> beat(UUID place, boolean begin) {
        long fresh = ThreadLocalRandom.current().nextLong(1, GREATEST_EPOCH);
        return eval(
                        PresenceScripts.BEAT,
                        List.of(EPOCH, SETTLING, placeKey(place), PLACES),
                        List.of(
                                Long.toString(fresh),
                                place.toString(),
                                begin ? "1" : "0",
                                Long.toString(PLACE_MS),
                                Long.toString(SETTLING_MS),
                                KEEP))
                .map(answer ->
                        new Pulse(number(answer.get(2)) == 1, number(answer.get(0)), number(answer.get(1)) == 1));
    }

    /** @param choices those that were looked up for who is entering */
    Future<Done> report(UUID place, List<Sight> sights, List<Choice> choices) {
        Map<Person, Choice> chosen = new HashMap<>();
        choices.forEach(choice -> chosen.put(person(choice), choice));
        List<Person> people = sights.stream().map(Sight::person).toList();
        List<String> arguments = new ArrayList<>(List.of(place.toString(), KEEP));
        for (Sight sight : sights) {
            arguments.add(member(sight.person()));
            arguments.add(sight.session().toString());
            arguments.add(sight.doing().word());
            arguments.add(Long.toString(sight.idleMs()));
            arguments.addAll(words(chosen.get(sight.person())));
        }
        return eval(PresenceScripts.REPORT, keys(people, EPOCH, placeKey(place), atKey(place)), arguments)
                .map(answer -> done(answer, people));
    }

    private static List<String> words(@Nullable Choice choice) {
        return choice == null
                ? List.of(Status.ONLINE.word(), "0", "0")
                : List.of(
                        choice.status(),
                        Long.toString(choice.revision()),
                        Long.toString(choice.since().toEpochMilli()));
    }

    Future<Done> apply(List<Choice> choices) {
        List<Person> people = choices.stream().map(PresenceStore::person).toList();
        List<String> arguments = new ArrayList<>(List.of(KEEP));
        choices.forEach(choice -> arguments.addAll(words(choice)));
        return eval(PresenceScripts.APPLY, keys(people, EPOCH), arguments).map(answer -> done(answer, people));
    }

    /** In the order of the question; unknown when Redis has lost everything and nobody has begun anew yet. */
    Future<List<Standing>> standings(List<Person> people) {
        return eval(PresenceScripts.STANDINGS, keys(people, EPOCH, SETTLING), List.of())
                .map(answer -> {
                    long epoch = number(answer.get(0));
                    boolean settling = number(answer.get(1)) == 1;
                    return epoch == 0
                            ? people.stream().map(PresenceView::unknown).toList()
                            : rows(answer, people, epoch, settling);
                });
    }

    /** Places that have not been heard of for too long. */
    Future<List<UUID>> silent() {
        return redis.call(api -> api.smembers(PLACES)).compose(members -> {
            List<UUID> places = members.stream()
                    .map(member -> UUID.fromString(member.toString()))
                    .toList();
            return places.isEmpty()
                    ? Future.succeededFuture(List.of())
                    : redis.call(api -> api.mget(
                                    places.stream().map(PresenceStore::placeKey).toList()))
                            .map(beats -> silent(places, beats));
        });
    }

    private static List<UUID> silent(List<UUID> places, Response beats) {
        List<UUID> silent = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            if (beats.get(i) == null) {
                silent.add(places.get(i));
            }
        }
        return silent;
    }

    /** Some of those who have sessions at a place. */
    Future<List<Person>> someAt(UUID place, int most) {
        return redis.call(api -> api.srandmember(List.of(atKey(place), Integer.toString(most))))
                .map(members -> members.stream()
                        .map(member -> member.toString().split(":"))
                        .map(ids -> new Person(UUID.fromString(ids[0]), UUID.fromString(ids[1])))
                        .toList());
    }

    /** They have no sessions at a dead place any more. */
    Future<Done> leave(UUID place, List<Person> people) {
        List<String> arguments = new ArrayList<>(List.of(place.toString()));
        people.forEach(person -> arguments.add(member(person)));
        return eval(PresenceScripts.LEAVE, keys(people, EPOCH, placeKey(place), atKey(place)), arguments)
                .map(answer -> done(answer, people));
    }

    /** Nobody is at a dead place any more. */
    Future<Boolean> forget(UUID place) {
        return redis.call(api -> api.srem(List.of(PLACES, place.toString()))).map(removed -> number(removed) == 1);
    }

    private static Done done(Response answer, List<Person> people) {
        return new Done(number(answer.get(0)) == 1, rows(answer, people, number(answer.get(1)), false));
    }

    private static List<Standing> rows(Response answer, List<Person> people, long epoch, boolean settling) {
        List<Standing> standings = new ArrayList<>();
        for (int i = 2; i < answer.size(); i++) {
            Response row = answer.get(i);
            Kept kept = new Kept(
                    row.get(1).toString(),
                    (int) number(row.get(2)),
                    millis(row.get(3)),
                    millis(row.get(4)),
                    number(row.get(5)));
            standings.add(PresenceView.of(people.get((int) number(row.get(0))), kept, epoch, settling));
        }
        return standings;
    }

    private static @Nullable Long millis(Response text) {
        return text.toString().isEmpty() ? null : text.toLong();
    }

    private static long number(Response answer) {
        return Objects.requireNonNull(answer.toLong());
    }

    private Future<Response> eval(String script, List<String> keys, List<String> arguments) {
        List<String> words = Stream.of(List.of(script, Integer.toString(keys.size())), keys, arguments)
                .flatMap(List::stream)
                .toList();
        return redis.call(api -> api.eval(words));
    }

    private static List<String> keys(List<Person> people, String... first) {
        List<String> keys = new ArrayList<>(List.of(first));
        people.forEach(person -> keys.add(PREFIX + "user:" + member(person)));
        return keys;
    }

    private static String member(Person person) {
        return person.tenant() + ":" + person.user();
    }

    private static Person person(Choice choice) {
        return new Person(choice.tenant(), choice.user());
    }

    private static String placeKey(UUID place) {
        return PREFIX + "place:" + place;
    }

    private static String atKey(UUID place) {
        return PREFIX + "at:" + place;
    }
}
