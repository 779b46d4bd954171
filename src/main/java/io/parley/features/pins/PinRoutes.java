package io.parley.features.pins;

import io.parley.features.messages.MessageActions;
import io.parley.features.pins.PinActions.ListPins;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.vertx.core.Future;

/** Pinned messages, as clients ask for them. */
final class PinRoutes {
    private static final String CONVERSATION = "conversationId";
    private static final long DEFAULT_LIMIT = 50;

    private PinRoutes() {}

    static void mount(OperationHost host) {
        host.operation("pinMessage", PinRoutes::pin);
        host.operation("unpinMessage", PinRoutes::unpin);
        host.operation("listPins", PinRoutes::list);
    }

    private static Future<Answer> pin(Call call) {
        MessageActions.Change asked = change(call);
        return call.bus().ask(PinActions.PIN, asked.conversation(), asked).map(done -> Answer.noContent());
    }

    private static Future<Answer> unpin(Call call) {
        MessageActions.Change asked = change(call);
        return call.bus().ask(PinActions.UNPIN, asked.conversation(), asked).map(done -> Answer.noContent());
    }

    private static MessageActions.Change change(Call call) {
        Principal caller = call.principal();
        return new MessageActions.Change(caller.tenant(), caller.user(), call.id(CONVERSATION), call.id("messageId"));
    }

    private static Future<Answer> list(Call call) {
        Principal caller = call.principal();
        ListPins asked = new ListPins(
                caller.tenant(),
                caller.user(),
                call.id(CONVERSATION),
                (int) (long) call.number("limit").orElse(DEFAULT_LIMIT),
                call.query("cursor").orElse(null));
        return call.bus().ask(PinActions.LIST, asked).map(Answer::ok);
    }
}
