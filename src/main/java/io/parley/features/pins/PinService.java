package io.parley.features.pins;

import io.parley.bus.Bus;
import io.parley.bus.Nothing;
import io.parley.features.messages.MessageActions.Change;
import io.parley.features.messages.MessageChange;
import io.parley.features.messages.MessageEvents;
import io.parley.server.persistence.Lane;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;

/** Pins messages and takes pins away; the database judges who may. */
final class PinService {
    private final Lane lane;
    private final int most;
    private final MessageChange<Change> pin;
    private final MessageChange<Change> unpin;

    /** @param most pinned messages of one conversation */
    PinService(Bus bus, Lane lane, int most) {
        this.lane = lane;
        this.most = most;
        this.pin = new MessageChange<>(
                bus,
                "message.pin",
                "pin_message($1, $2, $3, $4, $5, $6)",
                asked -> common(asked).addUUID(Ids.next()).addInteger(most),
                (asked, message) -> MessageEvents.updated(message, asked.actor()));
        this.unpin = new MessageChange<>(
                bus,
                "message.unpin",
                "unpin_message($1, $2, $3, $4)",
                PinService::common,
                (asked, message) -> MessageEvents.updated(message, asked.actor()));
    }

    private static Tuple common(Change asked) {
        return Tuple.of(asked.tenant(), asked.conversation(), asked.actor(), asked.message());
    }

    Future<Nothing> pin(Change asked) {
        return lane.submit(pin, asked).map(this::answer);
    }

    Future<Nothing> unpin(Change asked) {
        return lane.submit(unpin, asked).map(this::answer);
    }

    private Nothing answer(MessageChange.Result result) {
        return switch (result.outcome()) {
            case "ok", "unchanged" -> Nothing.NOTHING;
            case "not_found" -> throw AppError.notFound();
            case "forbidden" -> throw AppError.of(ErrorCode.FORBIDDEN);
            case "too_many" ->
                throw AppError.of(ErrorCode.CONFLICT, "A conversation has at most " + most + " pinned messages");
            default -> throw new IllegalStateException("unknown outcome " + result.outcome());
        };
    }
}
