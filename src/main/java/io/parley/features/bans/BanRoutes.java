package io.parley.features.bans;

import io.parley.features.bans.BanActions.LiftBan;
import io.parley.features.bans.BanActions.ListBans;
import io.parley.features.bans.BanActions.SetBan;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Bans over REST. */
final class BanRoutes {
    private static final long DEFAULT_LIMIT = 50;
    private static final String CONVERSATION = "conversationId";
    private static final String USER = "userId";

    private BanRoutes() {}

    static void mount(OperationHost host) {
        host.operation("listBans", BanRoutes::list);
        host.operation("banMember", BanRoutes::set);
        host.operation("liftBan", BanRoutes::lift);
    }

    record NewBan(@Nullable String reason, @Nullable Instant until) {}

    private static Future<Answer> list(Call call) {
        Principal caller = call.principal();
        ListBans asked = new ListBans(
                caller.tenant(),
                caller.user(),
                call.id(CONVERSATION),
                call.number("limit").orElse(DEFAULT_LIMIT).intValue(),
                call.query("cursor").orElse(null));
        return call.bus().ask(BanActions.LIST, asked).map(Answer::ok);
    }

    private static Future<Answer> set(Call call) {
        Principal caller = call.principal();
        UUID conversation = call.id(CONVERSATION);
        NewBan body = call.body(NewBan.class);
        SetBan asked =
                new SetBan(caller.tenant(), caller.user(), conversation, call.id(USER), body.reason(), body.until());
        return call.bus().ask(BanActions.SET, conversation, asked).map(done -> Answer.noContent());
    }

    private static Future<Answer> lift(Call call) {
        Principal caller = call.principal();
        UUID conversation = call.id(CONVERSATION);
        LiftBan asked = new LiftBan(caller.tenant(), caller.user(), conversation, call.id(USER));
        return call.bus().ask(BanActions.LIFT, conversation, asked).map(done -> Answer.noContent());
    }
}
