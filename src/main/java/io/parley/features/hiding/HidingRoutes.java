package io.parley.features.hiding;

import io.parley.features.hiding.HidingActions.Clear;
import io.parley.features.hiding.HidingActions.Hide;
import io.parley.features.hiding.HidingActions.ListHidden;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;

/** Hiding messages over REST and the WebSocket. */
final class HidingRoutes {
    private static final long DEFAULT_LIMIT = 50;
    private static final String CONVERSATION = "conversationId";

    private HidingRoutes() {}

    static void mount(OperationHost host) {
        host.operation("hideMessages", HidingRoutes::hide);
        host.operation("clearHistory", HidingRoutes::clear);
        host.operation("listHidden", HidingRoutes::list);
    }

    record Messages(List<UUID> messages) {}

    record UpTo(long number) {}

    private static Future<Answer> hide(Call call) {
        Principal caller = call.principal();
        Hide hide = new Hide(
                caller.tenant(),
                caller.user(),
                call.id(CONVERSATION),
                call.body(Messages.class).messages());
        return call.bus().ask(HidingActions.HIDE, hide).map(done -> Answer.noContent());
    }

    private static Future<Answer> clear(Call call) {
        Principal caller = call.principal();
        Clear clear = new Clear(
                caller.tenant(),
                caller.user(),
                call.id(CONVERSATION),
                call.body(UpTo.class).number());
        return call.bus().ask(HidingActions.CLEAR, clear).map(done -> Answer.noContent());
    }

    private static Future<Answer> list(Call call) {
        Principal caller = call.principal();
        ListHidden list = new ListHidden(
                caller.tenant(),
                caller.user(),
                call.number("after").orElse(0L),
                call.number("limit").orElse(DEFAULT_LIMIT).intValue());
        return call.bus().ask(HidingActions.LIST, list).map(Answer::ok);
    }
}
