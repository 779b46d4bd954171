package io.parley.features.threads;

import io.parley.features.threads.ThreadActions.Follow;
import io.parley.features.threads.ThreadActions.Get;
import io.parley.features.threads.ThreadActions.ListOwn;
import io.parley.features.threads.ThreadActions.Open;
import io.parley.features.threads.ThreadActions.Unfollow;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.parley.support.Ids;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Threads over REST and the WebSocket. */
final class ThreadRoutes {
    private static final long DEFAULT_LIMIT = 50;
    private static final String CONVERSATION = "conversationId";
    private static final String MESSAGE = "messageId";

    private ThreadRoutes() {}

    static void mount(OperationHost host) {
        host.operation("openThread", ThreadRoutes::open);
        host.operation("getThread", ThreadRoutes::get);
        host.operation("listThreads", ThreadRoutes::list);
        host.operation("followThread", ThreadRoutes::follow);
        host.operation("unfollowThread", ThreadRoutes::unfollow);
    }

    record Following(@Nullable Boolean watching) {}

    private static Future<Answer> open(Call call) {
        Principal caller = call.principal();
        UUID conversation = call.id(CONVERSATION);
        Open open = new Open(caller.tenant(), caller.user(), conversation, call.id(MESSAGE), Ids.next());
        return call.bus().ask(ThreadActions.OPEN, conversation, open).map(Answer::ok);
    }

    private static Future<Answer> get(Call call) {
        Principal caller = call.principal();
        Get get = new Get(caller.tenant(), caller.user(), call.id(CONVERSATION), call.id(MESSAGE));
        return call.bus().ask(ThreadActions.GET, get).map(Answer::ok);
    }

    private static Future<Answer> list(Call call) {
        Principal caller = call.principal();
        ListOwn list = new ListOwn(
                caller.tenant(),
                caller.user(),
                call.flag("unread"),
                call.number("limit").orElse(DEFAULT_LIMIT).intValue(),
                call.query("cursor").orElse(null));
        return call.bus().ask(ThreadActions.LIST, list).map(Answer::ok);
    }

    private static Future<Answer> follow(Call call) {
        Principal caller = call.principal();
        UUID thread = call.id(CONVERSATION);
        boolean watching = Boolean.TRUE.equals(call.body(Following.class).watching());
        Follow follow = new Follow(caller.tenant(), caller.user(), thread, List.of(caller.user()), watching);
        return call.bus().ask(ThreadActions.FOLLOW, thread, follow).map(done -> Answer.noContent());
    }

    private static Future<Answer> unfollow(Call call) {
        Principal caller = call.principal();
        UUID thread = call.id(CONVERSATION);
        Unfollow unfollow = new Unfollow(caller.tenant(), caller.user(), thread);
        return call.bus().ask(ThreadActions.UNFOLLOW, thread, unfollow).map(done -> Answer.noContent());
    }
}
