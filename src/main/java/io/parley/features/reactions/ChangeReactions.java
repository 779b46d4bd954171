package io.parley.features.reactions;

import io.parley.bus.Bus;
import io.parley.bus.Frame;
import io.parley.features.reactions.ReactionActions.React;
import io.parley.features.reactions.ReactionActions.Reaction;
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
import java.util.TreeMap;
import java.util.UUID;

/**
 * Many reactions in one call of {@code change_reactions}. Those of one call that add, or remove, the same emoji of the
 * same message have one version, and one event tells of them.
 */
final class ChangeReactions implements Change<React, ChangeReactions.Result> {
    /** An event names all who have reacted in a call: so many are some 20 KB. */
    private static final int MAX_BATCH = 500;

    private static final String CHANGE =
            "SELECT outcome, number, version, count, users::text AS users, last_number, oldest"
                    + " FROM change_reactions($1, $2, $3, $4, $5, $6, $7, $8) ORDER BY ord";

    private final Bus bus;
    private final int mostEmoji;
    private final int mostOwn;

    /**
     * @param mostEmoji of one message
     * @param mostOwn of one person on one message
     */
    ChangeReactions(Bus bus, int mostEmoji, int mostOwn) {
        this.bus = bus;
        this.mostEmoji = mostEmoji;
        this.mostOwn = mostOwn;
    }

    /**
     * @param outcome as of {@code change_reactions}
     * @param number of the message
     * @param version given for ok
     * @param after what the message shows of the emoji now
     * @param lastNumber of the conversation
     * @param oldest as of {@link Frame}
     */
    record Result(String outcome, long number, long version, Reaction after, long lastNumber, long oldest) {}

    private record Key(UUID conversation, UUID message, UUID actor) {}

    private record Moment(UUID conversation, long version) {}

    @Override
    public String name() {
        return "react";
    }

    @Override
    public int maxBatch() {
        return MAX_BATCH;
    }

    /** What one person does with one message is done one thing after the other. */
    @Override
    public Object key(React asked) {
        return new Key(asked.conversation(), asked.message(), asked.actor());
    }

    /** When thousands react at once, what others say meanwhile does not wait behind them. */
    @Override
    public boolean yields() {
        return true;
    }

    @Override
    public Future<List<Result>> apply(Database database, List<React> batch) {
        return database.query(CHANGE, parameters(batch)).map(rows -> {
            List<Result> results = new ArrayList<>(batch.size());
            for (Row row : rows) {
                results.add(result(row, batch.get(results.size()).emoji()));
            }
            return results;
        });
    }

    private Tuple parameters(List<React> batch) {
        return Tuple.tuple()
                .addArrayOfUUID(batch.stream().map(React::tenant).toArray(UUID[]::new))
                .addArrayOfUUID(batch.stream().map(React::conversation).toArray(UUID[]::new))
                .addArrayOfUUID(batch.stream().map(React::message).toArray(UUID[]::new))
                .addArrayOfUUID(batch.stream().map(React::actor).toArray(UUID[]::new))
                .addArrayOfString(batch.stream().map(React::emoji).toArray(String[]::new))
                .addArrayOfBoolean(batch.stream().map(React::added).toArray(Boolean[]::new))
                .addInteger(mostEmoji)
                .addInteger(mostOwn);
    }

    private static Result result(Row row, String emoji) {
        String outcome = row.getString("outcome");
        if (row.getLong("number") == null) {
            return new Result(outcome, 0, 0, new Reaction(emoji, 0, List.of()), 0, 0);
        }
        List<UUID> users = List.of(Json.decode(Buffer.buffer(row.getString("users")), UUID[].class));
        Long version = row.getLong("version");
        return new Result(
                outcome,
                row.getLong("number"),
                version == null ? 0 : version,
                new Reaction(emoji, row.getInteger("count"), users),
                row.getLong("last_number"),
                row.getLong("oldest"));
    }

    @Override
    public void committed(List<React> asked, List<Result> results) {
        Map<Moment, List<Integer>> together =
                new TreeMap<>(Comparator.comparing(Moment::conversation).thenComparingLong(Moment::version));
        for (int i = 0; i < asked.size(); i++) {
            if (results.get(i).outcome().equals("ok")) {
                Moment moment =
                        new Moment(asked.get(i).conversation(), results.get(i).version());
                together.computeIfAbsent(moment, first -> new ArrayList<>()).add(i);
            }
        }
        bus.events()
                .publish(together.values().stream()
                        .map(places -> frame(
                                asked.get(places.getFirst()),
                                results.get(places.getFirst()),
                                places.stream().map(i -> asked.get(i).actor()).toList()))
                        .toList());
    }

    private static Frame frame(React one, Result result, List<UUID> actors) {
        Buffer bytes = ReactionEvents.changed(
                one.added(),
                one.conversation(),
                result.version(),
                one.message(),
                result.number(),
                actors,
                result.after());
        return Frame.of(one.conversation(), result.version(), result.lastNumber(), bytes, 0)
                .from(result.oldest());
    }
}
