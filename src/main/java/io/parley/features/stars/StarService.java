package io.parley.features.stars;

import io.parley.bus.Bus;
import io.parley.bus.Nothing;
import io.parley.bus.PersonalFrame;
import io.parley.features.stars.StarActions.Change;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;

/** Gives and takes stars, and tells the person's devices of it. */
final class StarService {
    private final Bus bus;
    private final StarStore store;
    private final int most;

    StarService(Bus bus, StarStore store, int most) {
        this.bus = bus;
        this.store = store;
        this.most = most;
    }

    Future<Nothing> change(Change asked) {
        return store.change(asked).map(done -> {
            requireDone(done.outcome());
            if (done.outcome().equals("ok")) {
                bus.events().publish(new PersonalFrame(asked.user(), done.userVersion(), false, event(asked, done)));
            }
            return Nothing.NOTHING;
        });
    }

    private static Buffer event(Change asked, StarStore.Changed done) {
        Instant starredAt = done.starredAt();
        return starredAt == null
                ? StarEvents.removed(asked.conversation(), done.userVersion(), asked.message(), done.number())
                : StarEvents.added(asked.conversation(), done.userVersion(), asked.message(), done.number(), starredAt);
    }

    private void requireDone(String outcome) {
        switch (outcome) {
            case "ok", "unchanged" -> {}
            case "not_found" -> throw AppError.notFound();
            case "too_many" -> throw AppError.of(ErrorCode.CONFLICT, "At most " + most + " messages may have a star");
            default -> throw new IllegalStateException("unknown outcome " + outcome);
        }
    }
}
