package io.parley.features.polls;

import io.parley.bus.Bus;
import io.parley.bus.Frame;
import io.parley.bus.PersonalFrame;
import io.parley.features.polls.PollActions.Results;
import io.parley.features.polls.PollActions.Vote;
import io.parley.server.persistence.Change;
import io.parley.server.persistence.Database;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Many votes in one call of {@code vote_in_polls}. Those of one call in the same poll have one version and one event. */
final class CastVotes implements Change<Vote, CastVotes.Result> {
    private static final int MAX_BATCH = 500;

    private static final String VOTE = "SELECT outcome, number, version, results::text AS results, last_number, oldest"
            + " FROM vote_in_polls($1, $2, $3, $4, $5) ORDER BY ord";

    private final Bus bus;

    CastVotes(Bus bus) {
        this.bus = bus;
    }

    /**
     * @param outcome as of {@code vote_in_polls}
     * @param number of the message
     * @param version given for ok
     * @param results null where there is no poll
     * @param lastNumber of the conversation
     * @param oldest as of {@link Frame}
     */
    record Result(
            String outcome,
            long number,
            long version,
            @Nullable Results results,
            long lastNumber,
            long oldest) {}

    private record Key(UUID conversation, UUID message, UUID actor) {}

    private record Moment(UUID conversation, long version) {}

    @Override
    public String name() {
        return "vote";
    }

    @Override
    public int maxBatch() {
        return MAX_BATCH;
    }

    /** What one person says to one poll is counted one thing after the other. */
    @Override
    public Object key(Vote asked) {
        return new Key(asked.conversation(), asked.message(), asked.actor());
    }

    /** When thousands vote at once, what others say meanwhile does not wait behind them. */
    @Override
    public boolean yields() {
        return true;
    }

    @Override
    public Future<List<Result>> apply(Database database, List<Vote> batch) {
        return database.query(VOTE, parameters(batch))
                .map(rows -> rows.stream().map(CastVotes::result).toList());
    }

    private static Tuple parameters(List<Vote> batch) {
        return Tuple.tuple()
                .addArrayOfUUID(batch.stream().map(Vote::tenant).toArray(UUID[]::new))
                .addArrayOfUUID(batch.stream().map(Vote::conversation).toArray(UUID[]::new))
                .addArrayOfUUID(batch.stream().map(Vote::message).toArray(UUID[]::new))
                .addArrayOfUUID(batch.stream().map(Vote::actor).toArray(UUID[]::new))
                .addArrayOfString(batch.stream().map(CastVotes::array).toArray(String[]::new));
    }

    private static String array(Vote vote) {
        return vote.options().stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
    }

    private static Result result(Row row) {
        String results = row.getString("results");
        return new Result(
                row.getString("outcome"),
                Objects.requireNonNullElse(row.getLong("number"), 0L),
                Objects.requireNonNullElse(row.getLong("version"), 0L),
                results == null ? null : Json.decode(Buffer.buffer(results), Results.class),
                Objects.requireNonNullElse(row.getLong("last_number"), 0L),
                Objects.requireNonNullElse(row.getLong("oldest"), 0L));
    }

    @Override
    public void committed(List<Vote> votes, List<Result> results) {
        Map<Moment, Frame> frames =
                new TreeMap<>(Comparator.comparing(Moment::conversation).thenComparingLong(Moment::version));
        List<PersonalFrame> own = new ArrayList<>();
        for (int i = 0; i < votes.size(); i++) {
            Vote vote = votes.get(i);
            Result result = results.get(i);
            if (result.outcome().equals("ok")) {
                frames.computeIfAbsent(
                        new Moment(vote.conversation(), result.version()), first -> counted(vote, result));
                own.add(told(vote, result));
            }
        }
        bus.events().publish(List.copyOf(frames.values()));
        own.forEach(bus.events()::publish);
    }

    private static Frame counted(Vote vote, Result result) {
        Buffer bytes = PollEvents.results(
                vote.conversation(),
                result.version(),
                vote.message(),
                result.number(),
                Objects.requireNonNull(result.results()));
        return Frame.of(vote.conversation(), result.version(), result.lastNumber(), bytes, 0)
                .from(result.oldest());
    }

    private static PersonalFrame told(Vote vote, Result result) {
        Buffer bytes = PollEvents.voted(
                vote.conversation(), vote.message(), result.number(), result.version(), vote.options());
        return new PersonalFrame(vote.actor(), 0, false, bytes);
    }
}
