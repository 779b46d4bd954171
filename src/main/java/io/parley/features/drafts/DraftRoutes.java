package io.parley.features.drafts;

import io.parley.features.drafts.DraftActions.Begun;
import io.parley.features.drafts.DraftActions.ListOwn;
import io.parley.features.drafts.DraftActions.Save;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Drafts over REST and the WebSocket. */
final class DraftRoutes {
    private static final long DEFAULT_LIMIT = 50;

    private DraftRoutes() {}

    static void mount(OperationHost host) {
        host.operation("saveDraft", call -> save(call, call.body(Begun.class)));
        host.operation("removeDraft", call -> save(call, null));
        host.operation("listDrafts", DraftRoutes::list);
    }

    private static Future<Answer> save(Call call, @Nullable Begun draft) {
        Principal caller = call.principal();
        Save save = new Save(caller.tenant(), caller.user(), call.id("conversationId"), draft);
        return call.bus().ask(DraftActions.SAVE, save.conversation(), save).map(done -> Answer.noContent());
    }

    private static Future<Answer> list(Call call) {
        Principal caller = call.principal();
        ListOwn list = new ListOwn(
                caller.tenant(),
                caller.user(),
                call.number("limit").orElse(DEFAULT_LIMIT).intValue(),
                call.query("cursor").orElse(null));
        return call.bus().ask(DraftActions.LIST, list).map(Answer::ok);
    }
}
