package io.parley.features.stars;

import io.parley.features.stars.StarActions.Change;
import io.parley.features.stars.StarActions.ListOwn;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.vertx.core.Future;

/** Stars over REST and the WebSocket. */
final class StarRoutes {
    private static final long DEFAULT_LIMIT = 50;

    private StarRoutes() {}

    static void mount(OperationHost host) {
        host.operation("addStar", call -> change(call, true));
        host.operation("removeStar", call -> change(call, false));
        host.operation("listStars", StarRoutes::list);
    }

    private static Future<Answer> change(Call call, boolean given) {
        Principal caller = call.principal();
        Change change =
                new Change(caller.tenant(), caller.user(), call.id("conversationId"), call.id("messageId"), given);
        return call.bus().ask(StarActions.CHANGE, change).map(done -> Answer.noContent());
    }

    private static Future<Answer> list(Call call) {
        Principal caller = call.principal();
        ListOwn list = new ListOwn(
                caller.tenant(),
                caller.user(),
                call.number("limit").orElse(DEFAULT_LIMIT).intValue(),
                call.query("cursor").orElse(null));
        return call.bus().ask(StarActions.LIST, list).map(Answer::ok);
    }
}
