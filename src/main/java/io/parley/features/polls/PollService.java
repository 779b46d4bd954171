package io.parley.features.polls;

import io.parley.bus.Bus;
import io.parley.bus.Nothing;
import io.parley.features.messages.MessageChange;
import io.parley.features.messages.MessageEvents;
import io.parley.features.polls.PollActions.Close;
import io.parley.features.polls.PollActions.Vote;
import io.parley.features.polls.PollActions.Voted;
import io.parley.server.persistence.Lane;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.Objects;

/** Counts votes and closes polls; the database judges who may. */
final class PollService {
    private final Lane lane;
    private final CastVotes votes;
    private final MessageChange<Close> close;

    PollService(Bus bus, Lane lane) {
        this.lane = lane;
        this.votes = new CastVotes(bus);
        this.close = new MessageChange<>(
                bus,
                "poll.close",
                "close_poll($1, $2, $3, $4)",
                asked -> Tuple.of(asked.tenant(), asked.conversation(), asked.actor(), asked.message()),
                (asked, message) -> MessageEvents.updated(message, asked.actor()));
    }

    Future<Voted> vote(Vote asked) {
        return lane.submit(votes, asked).map(result -> answer(asked, result));
    }

    private static Voted answer(Vote asked, CastVotes.Result result) {
        return switch (result.outcome()) {
            case "ok", "unchanged" -> new Voted(Objects.requireNonNull(result.results()), asked.options());
            case "not_found" -> throw AppError.notFound();
            case "forbidden" -> throw AppError.of(ErrorCode.FORBIDDEN);
            case "closed" -> throw AppError.of(ErrorCode.CONFLICT, "The poll is closed");
            case "invalid" -> throw AppError.field("options", "range", "must be what the poll lets one choose");
            default -> throw new IllegalStateException("unknown outcome " + result.outcome());
        };
    }

    Future<Nothing> close(Close asked) {
        return lane.submit(close, asked).map(result -> switch (result.outcome()) {
            case "ok", "unchanged" -> Nothing.NOTHING;
            case "not_found" -> throw AppError.notFound();
            case "forbidden" -> throw AppError.of(ErrorCode.FORBIDDEN);
            default -> throw new IllegalStateException("unknown outcome " + result.outcome());
        });
    }
}
