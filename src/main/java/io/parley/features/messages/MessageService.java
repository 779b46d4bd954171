package io.parley.features.messages;

import io.parley.server.persistence.Lane;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** Sends messages: rules first, so that nothing that the database would refuse ever gets into a batch. */
final class MessageService {
    private final MessageRules rules;
    private final Lane lane;
    private final AppendMessages append;

    MessageService(MessageRules rules, Lane lane, AppendMessages append) {
        this.rules = rules;
        this.lane = lane;
        this.append = append;
    }

    Future<MessageActions.Sent> send(MessageActions.Send send) {
        String content = rules.content(send.type(), send.text());
        Buffer fingerprint = Buffer.buffer(MessageRules.fingerprint(send.type(), content));
        AppendMessages.Draft draft = new AppendMessages.Draft(send, content, fingerprint);
        return lane.submit(append, draft).map(result -> answer(draft, result));
    }

    private static MessageActions.Sent answer(AppendMessages.Draft draft, AppendMessages.Appended result) {
        return switch (result.outcome()) {
            case "ok" -> new MessageActions.Sent(AppendMessages.view(draft, result), false);
            case "duplicate" -> new MessageActions.Sent(AppendMessages.view(draft, result), true);
            case "conflict" -> throw AppError.of(ErrorCode.CONFLICT);
            case "not_found" -> throw AppError.notFound();
            case "forbidden" -> throw AppError.of(ErrorCode.FORBIDDEN);
            default -> throw new IllegalStateException("unknown outcome " + result.outcome());
        };
    }
}
