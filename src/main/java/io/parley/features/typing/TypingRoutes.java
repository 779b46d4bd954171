package io.parley.features.typing;

import io.parley.bus.Nothing;
import io.parley.features.typing.TypingActions.Room;
import io.parley.features.typing.TypingActions.Typing;
import io.parley.features.typing.TypingActions.Typist;
import io.parley.features.typing.TypingActions.Typists;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Typing over REST. */
final class TypingRoutes {
    private static final String CONVERSATION = "conversationId";
    private static final long PATIENCE_MS = 5_000;

    private final int mostMembers;

    private TypingRoutes(int mostMembers) {
        this.mostMembers = mostMembers;
    }

    static void mount(OperationHost host, int mostMembers) {
        TypingRoutes routes = new TypingRoutes(mostMembers);
        host.operation("setTyping", routes::set);
        host.operation("listTyping", TypingRoutes::list);
    }

    record NewTyping(boolean active) {}

    private Future<Answer> set(Call call) {
        Room room = room(call);
        Typist typist = new Typist(room.tenant(), room.conversation(), room.user());
        Typing typing = new Typing(typist, call.body(NewTyping.class).active());
        return call.bus()
                .ask(TypingActions.SIZE, room)
                .compose(size -> size.members() > mostMembers || size.silent()
                        ? Future.succeededFuture(Nothing.NOTHING)
                        : call.bus().ask(TypingActions.TYPE, typing).timeout(PATIENCE_MS, TimeUnit.MILLISECONDS))
                .map(done -> Answer.noContent());
    }

    private static Future<Answer> list(Call call) {
        Room room = room(call);
        return call.bus()
                .ask(TypingActions.SIZE, room)
                .compose(size -> size.silent()
                        ? Future.succeededFuture(new Typists(List.of()))
                        : call.bus().ask(TypingActions.LIST, room))
                .map(Answer::ok);
    }

    private static Room room(Call call) {
        return new Room(
                call.principal().tenant(),
                call.id(CONVERSATION),
                call.principal().user());
    }
}
