package io.parley.features.locations;

import io.parley.bus.Bus;
import io.parley.bus.Frame;
import io.parley.bus.Nothing;
import io.parley.features.locations.LocationActions.Live;
import io.parley.features.locations.LocationActions.Move;
import io.parley.features.messages.MessageActions;
import io.parley.features.messages.MessageChange;
import io.parley.features.messages.MessageEvents;
import io.parley.features.messages.MessageView;
import io.parley.server.persistence.Database;
import io.parley.server.persistence.Lane;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Objects;

/**
 * Tells where somebody is. A place is out of date with the next one, so most of them are passed on to whoever is there,
 * without a version; the first and then one in half a minute is stored, as a change of the message. Whoever comes later
 * sees that one and soon after it the next that is passed on. Lives on one event loop.
 */
final class LocationService {
    private static final Duration EVERY = Duration.ofSeconds(2);
    private static final int STORED_EVERY_SECONDS = 30;

    private static final String LOOK =
            "SELECT outcome, number, moment, members, due, oldest FROM look_at_live($1, $2, $3, $4, $5)";

    private final Bus bus;
    private final Database database;
    private final Lane lane;
    private final int liveMembers;
    private final MovePace pace = new MovePace(EVERY.toNanos());
    private final MessageChange<Move> move;
    private final MessageChange<MessageActions.Change> stop;

    /** @param liveMembers in conversations with more members places are stored, not passed on */
    LocationService(Bus bus, Database database, Lane lane, int liveMembers) {
        this.bus = bus;
        this.database = database;
        this.lane = lane;
        this.liveMembers = liveMembers;
        this.move = new MessageChange<>(
                bus,
                "location.move",
                "move_location($1, $2, $3, $4, $5, $6)",
                asked -> common(asked).addDouble(asked.latitude()).addDouble(asked.longitude()),
                (asked, message) -> MessageEvents.updated(message, asked.actor()));
        this.stop = new MessageChange<>(
                bus,
                "location.stop",
                "stop_location($1, $2, $3, $4)",
                LocationService::common,
                (asked, message) -> MessageEvents.updated(message, asked.actor()));
    }

    private static Tuple common(MessageChange.Asked asked) {
        return Tuple.of(asked.tenant(), asked.conversation(), asked.actor(), asked.message());
    }

    Future<Live> move(Move asked) {
        long wait = pace.take(asked, System.nanoTime());
        if (wait > 0) {
            throw AppError.rateLimited(wait);
        }
        return database.query(LOOK, common(asked).addInteger(STORED_EVERY_SECONDS))
                .compose(rows -> {
                    if (rows.size() == 0) {
                        throw AppError.notFound();
                    }
                    Row row = rows.iterator().next();
                    requireDone(row.getString("outcome"));
                    return row.getBoolean("due") ? store(asked) : Future.succeededFuture(pass(asked, row));
                });
    }

    private Live pass(Move asked, Row row) {
        Live live = new Live(
                asked.latitude(),
                asked.longitude(),
                row.getOffsetDateTime("moment").toInstant());
        if (row.getInteger("members") <= liveMembers) {
            bus.events()
                    .publish(Frame.passing(
                                    asked.conversation(),
                                    null,
                                    LocationEvents.moved(
                                            asked.conversation(), asked.message(), row.getLong("number"), live))
                            .from(row.getLong("oldest")));
        }
        return live;
    }

    private Future<Live> store(Move asked) {
        return lane.submit(move, asked).map(result -> {
            requireDone(result.outcome());
            MessageView message = Objects.requireNonNull(result.message());
            return Json.read(Objects.requireNonNull(message.fields().get("live")), Live.class);
        });
    }

    Future<Nothing> stop(MessageActions.Change asked) {
        return lane.submit(stop, asked).map(result -> {
            requireDone(result.outcome());
            return Nothing.NOTHING;
        });
    }

    private static void requireDone(String outcome) {
        switch (outcome) {
            case "ok", "unchanged" -> {}
            case "not_found" -> throw AppError.notFound();
            case "forbidden" -> throw AppError.of(ErrorCode.FORBIDDEN);
            case "over" -> throw AppError.of(ErrorCode.CONFLICT, "The location is not live");
            default -> throw new IllegalStateException("unknown outcome " + outcome);
        }
    }
}
