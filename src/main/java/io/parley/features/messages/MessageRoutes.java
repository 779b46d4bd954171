package io.parley.features.messages;

import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.parley.support.Ids;
import io.vertx.core.Future;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Messages over REST. */
final class MessageRoutes {
    private MessageRoutes() {}

    static void mount(OperationHost host) {
        host.operation("sendMessage", MessageRoutes::send);
        host.operation("listMessages", MessageRoutes::history);
        host.operation("getMessage", MessageRoutes::get);
        host.operation("listChanges", MessageRoutes::changes);
    }

    record NewMessage(@Nullable UUID id, String type, String text) {}

    private static Future<Answer> send(Call call) {
        Principal caller = call.principal();
        NewMessage body = call.body(NewMessage.class);
        UUID conversation = call.id("conversationId");
        UUID id = body.id() == null ? Ids.next() : body.id();
        MessageActions.Send send = new MessageActions.Send(
                caller.tenant(), caller.user(), conversation, id, body.type(), body.text(), System.nanoTime());
        return call.bus()
                .ask(MessageActions.SEND, conversation, send)
                .map(sent -> sent.repeated() ? Answer.ok(sent.message()) : Answer.created(sent.message()));
    }

    private static Future<Answer> history(Call call) {
        MessageActions.History asked = MessageActions.History.asked(
                call.principal(),
                call.id("conversationId"),
                call.number("before").orElse(null),
                call.number("after").orElse(null),
                call.number("around").orElse(null),
                call.number("limit").orElse(null));
        return call.bus().ask(MessageActions.HISTORY, asked).map(Answer::ok);
    }

    private static Future<Answer> get(Call call) {
        Principal caller = call.principal();
        MessageActions.Get asked =
                new MessageActions.Get(caller.tenant(), caller.user(), call.id("conversationId"), call.id("messageId"));
        return call.bus().ask(MessageActions.GET, asked).map(found -> Answer.ok(found.message()));
    }

    private static Future<Answer> changes(Call call) {
        Principal caller = call.principal();
        MessageActions.ChangesSince asked = new MessageActions.ChangesSince(
                caller.tenant(),
                caller.user(),
                call.id("conversationId"),
                call.number("after").orElse(0L));
        return call.bus().ask(MessageActions.CHANGES, asked).map(Answer::ok);
    }
}
