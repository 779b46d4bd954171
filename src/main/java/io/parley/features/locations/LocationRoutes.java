package io.parley.features.locations;

import io.parley.features.locations.LocationActions.Move;
import io.parley.features.messages.MessageActions;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.vertx.core.Future;

/** Live locations, as clients ask for them. */
final class LocationRoutes {
    private static final String CONVERSATION = "conversationId";
    private static final String MESSAGE = "messageId";

    private LocationRoutes() {}

    static void mount(OperationHost host) {
        host.operation("moveLocation", LocationRoutes::move);
        host.operation("stopLocation", LocationRoutes::stop);
    }

    record Moved(Double latitude, Double longitude) {}

    private static Future<Answer> move(Call call) {
        Principal caller = call.principal();
        Moved to = call.body(Moved.class);
        Move move = new Move(
                caller.tenant(), caller.user(), call.id(CONVERSATION), call.id(MESSAGE), to.latitude(), to.longitude());
        return call.bus().ask(LocationActions.MOVE, move.conversation(), move).map(Answer::ok);
    }

    private static Future<Answer> stop(Call call) {
        Principal caller = call.principal();
        MessageActions.Change stop =
                new MessageActions.Change(caller.tenant(), caller.user(), call.id(CONVERSATION), call.id(MESSAGE));
        return call.bus().ask(LocationActions.STOP, stop.conversation(), stop).map(done -> Answer.noContent());
    }
}
