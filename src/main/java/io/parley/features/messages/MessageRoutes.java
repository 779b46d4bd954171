package io.parley.features.messages;

import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.parley.support.Ids;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Messages over REST. */
final class MessageRoutes {
    private static final String CONVERSATION = "conversationId";
    private static final String MESSAGE = "messageId";
    private static final long DEFAULT_LIMIT = 50;

    private MessageRoutes() {}

    static void mount(OperationHost host) {
        host.operation("sendMessage", MessageRoutes::send);
        host.operation("listMessages", MessageRoutes::history);
        host.operation("getMessage", MessageRoutes::get);
        host.operation("editMessage", MessageRoutes::edit);
        host.operation("deleteMessage", MessageRoutes::delete);
        host.operation("listEdits", MessageRoutes::edits);
        host.operation("listChanges", MessageRoutes::changes);
    }

    record Edited(
            String text,
            @Nullable List<MessageDraft.NewMention> mentions,
            @Nullable Boolean preview) {}

    private static Future<Answer> send(Call call) {
        Principal caller = call.principal();
        MessageDraft draft = call.body(MessageDraft.class);
        UUID conversation = call.id(CONVERSATION);
        call.limits().message(caller);
        MessageActions.Send send = new MessageActions.Send(
                caller.tenant(),
                caller.user(),
                conversation,
                draft.id() == null ? draft.withId(Ids.next()) : draft,
                System.nanoTime(),
                MessageActions.Client.of(caller.device()));
        return call.bus()
                .ask(MessageActions.SEND, conversation, send)
                .map(sent -> sent.repeated() ? Answer.ok(sent.message()) : Answer.created(sent.message()));
    }

    private static Future<Answer> edit(Call call) {
        Principal caller = call.principal();
        UUID conversation = call.id(CONVERSATION);
        Edited edited = call.body(Edited.class);
        MessageActions.Edit edit = new MessageActions.Edit(
                caller.tenant(),
                caller.user(),
                conversation,
                call.id(MESSAGE),
                edited.text(),
                edited.mentions(),
                edited.preview());
        return call.bus().ask(MessageActions.EDIT, conversation, edit).map(found -> Answer.ok(found.message()));
    }

    private static Future<Answer> delete(Call call) {
        Principal caller = call.principal();
        UUID conversation = call.id(CONVERSATION);
        MessageActions.Change delete =
                new MessageActions.Change(caller.tenant(), caller.user(), conversation, call.id(MESSAGE));
        return call.bus().ask(MessageActions.DELETE, conversation, delete).map(done -> Answer.noContent());
    }

    private static Future<Answer> edits(Call call) {
        MessageActions.ListEdits list = new MessageActions.ListEdits(
                one(call),
                call.number("limit").orElse(DEFAULT_LIMIT).intValue(),
                call.query("cursor").orElse(null));
        return call.bus().ask(MessageActions.EDITS, list).map(Answer::ok);
    }

    private static MessageActions.Get one(Call call) {
        Principal caller = call.principal();
        return new MessageActions.Get(caller.tenant(), caller.user(), call.id(CONVERSATION), call.id(MESSAGE));
    }

    private static Future<Answer> history(Call call) {
        MessageActions.History asked = MessageActions.History.asked(
                call.principal(),
                call.id(CONVERSATION),
                call.number("before").orElse(null),
                call.number("after").orElse(null),
                call.number("around").orElse(null),
                call.number("limit").orElse(null));
        return call.bus().ask(MessageActions.HISTORY, asked).map(Answer::ok);
    }

    private static Future<Answer> get(Call call) {
        return call.bus().ask(MessageActions.GET, one(call)).map(found -> Answer.ok(found.message()));
    }

    private static Future<Answer> changes(Call call) {
        Principal caller = call.principal();
        MessageActions.ChangesSince asked = new MessageActions.ChangesSince(
                caller.tenant(),
                caller.user(),
                call.id(CONVERSATION),
                call.number("after").orElse(0L));
        return call.bus().ask(MessageActions.CHANGES, asked).map(Answer::ok);
    }
}
