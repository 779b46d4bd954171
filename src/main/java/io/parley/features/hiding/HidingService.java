package io.parley.features.hiding;

import io.parley.bus.Bus;
import io.parley.bus.Nothing;
import io.parley.bus.PersonalFrame;
import io.parley.features.hiding.HidingActions.Clear;
import io.parley.features.hiding.HidingActions.Hidden;
import io.parley.features.hiding.HidingActions.Hide;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.vertx.core.Future;
import java.util.UUID;

/** Hides messages, and tells the person's devices of it. */
final class HidingService {
    private final Bus bus;
    private final HidingStore store;

    HidingService(Bus bus, HidingStore store) {
        this.bus = bus;
        this.store = store;
    }

    Future<Nothing> hide(Hide asked) {
        return store.hide(asked).map(done -> told(asked.user(), done));
    }

    Future<Nothing> clear(Clear asked) {
        return store.clear(asked).map(done -> told(asked.user(), done));
    }

    private Nothing told(UUID user, HidingStore.Done done) {
        Hidden hidden = done.hidden();
        if (hidden != null) {
            bus.events().publish(new PersonalFrame(user, hidden.userVersion(), false, HidingEvents.hidden(hidden)));
        }
        return switch (done.outcome()) {
            case "ok", "unchanged" -> Nothing.NOTHING;
            case "not_found" -> throw AppError.notFound();
            case "too_many" ->
                throw AppError.of(ErrorCode.CONFLICT, "Too many single messages are hidden here; clear the history");
            default -> throw new IllegalStateException("unknown outcome " + done.outcome());
        };
    }
}
