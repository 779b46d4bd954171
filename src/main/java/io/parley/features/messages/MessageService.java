package io.parley.features.messages;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.bus.Bus;
import io.parley.features.messages.MessageActions.Change;
import io.parley.features.messages.MessageActions.Edit;
import io.parley.server.persistence.Database;
import io.parley.server.persistence.Lane;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Sends and changes messages: rules first, so that nothing that the database would refuse ever gets into a batch. The
 * database alone knows who may do what; it tells by an outcome.
 */
final class MessageService {
    private final MessageRules rules;
    private final Lane lane;
    private final AppendMessages append;
    private final MessageStore store;
    private final MessageChange<Edit> edit;
    private final Following following;
    private final MessageChange<Change> delete;

    /** @param editSeconds for how long the sender may edit a message; 0: for ever */
    MessageService(Bus bus, MessageRules rules, Lane lane, AppendMessages append, MessageStore store, int editSeconds) {
        this.rules = rules;
        this.lane = lane;
        this.append = append;
        this.store = store;
        this.following = new Following(bus);
        this.edit = new MessageChange<>(
                bus,
                "message.edit",
                "edit_message($1, $2, $3, $4, $5, $6)",
                (database, edited) -> content(database, edited)
                        .map(content -> common(edited).addString(content).addInteger(editSeconds)),
                (edited, message) -> MessageEvents.updated(message, edited.actor()));
        this.delete = new MessageChange<>(
                bus,
                "message.delete",
                "delete_message($1, $2, $3, $4)",
                MessageService::common,
                (asked, message) -> MessageEvents.deleted(message, asked.actor()));
    }

    private static Tuple common(MessageChange.Asked asked) {
        return Tuple.of(asked.tenant(), asked.conversation(), asked.actor(), asked.message());
    }

    Future<MessageActions.Sent> send(MessageActions.Send send) {
        Buffer fingerprint = Buffer.buffer(MessageRules.fingerprint(send.draft()));
        AppendMessages.Draft draft = new AppendMessages.Draft(send, content(send), fingerprint);
        return following.inOrder(send, () -> lane.submit(append, draft)).compose(result -> answer(draft, result));
    }

    private Map<String, JsonNode> content(MessageActions.Send send) {
        Map<String, JsonNode> said = rules.content(send.draft());
        return send.client() == null
                ? said
                : References.with(said, MessageView.CLIENT, Json.mapper().valueToTree(send.client()));
    }

    private Future<MessageActions.Sent> answer(AppendMessages.Draft draft, AppendMessages.Appended result) {
        return switch (result.outcome()) {
            case "ok" -> Future.succeededFuture(new MessageActions.Sent(AppendMessages.view(draft, result), false));
            case "duplicate" -> asItIsNow(draft, result).map(message -> new MessageActions.Sent(message, true));
            case "refused" -> throw Objects.requireNonNull(result.content().refused());
            case "slow" -> throw AppError.rateLimited(result.retryMs());
            default -> throw refusal(result.outcome());
        };
    }

    /** Edited, or deleted, since it was sent; whoever may not see it any more gets what he said. */
    private Future<MessageView> asItIsNow(AppendMessages.Draft draft, AppendMessages.Appended result) {
        MessageActions.Send send = draft.send();
        return store.get(new MessageActions.Get(send.tenant(), send.sender(), send.conversation(), send.id()))
                .map(MessageActions.Found::message)
                .recover(failure -> failure instanceof AppError gone && gone.code() == ErrorCode.NOT_FOUND
                        ? Future.succeededFuture(AppendMessages.view(draft, result))
                        : Future.failedFuture(failure));
    }

    Future<MessageActions.Found> edit(Edit asked) {
        // What the rules refuse takes no turn.
        rules.text(asked.text(), asked.mentions(), asked.preview());
        return submit(edit, asked);
    }

    /** What takes the place of what the message said. Looked up in the edit's turn, or it might overtake an earlier one. */
    private Future<String> content(Database database, Edit asked) {
        Map<String, JsonNode> fields = rules.text(asked.text(), asked.mentions(), asked.preview());
        Mentions.Said said =
                new Mentions.Said(asked.tenant(), asked.actor(), asked.conversation(), asked.text(), asked.mentions());
        return Mentions.of(database, List.of(said))
                .map(mentions -> Json.text(Mentions.with(fields, mentions.getFirst())));
    }

    Future<MessageActions.Found> delete(Change asked) {
        return submit(delete, asked);
    }

    /** Answers the message as it is afterwards. */
    private <C extends MessageChange.Asked> Future<MessageActions.Found> submit(MessageChange<C> kind, C asked) {
        return lane.submit(kind, asked).compose(result -> {
            if (result.message() != null) {
                return Future.succeededFuture(new MessageActions.Found(result.message()));
            }
            if (result.outcome().equals("unchanged")) {
                return store.get(new MessageActions.Get(
                        asked.tenant(), Objects.requireNonNull(asked.actor()), asked.conversation(), asked.message()));
            }
            throw refusal(result.outcome());
        });
    }

    private static AppError refusal(String outcome) {
        return switch (outcome) {
            case "conflict" -> AppError.of(ErrorCode.CONFLICT);
            case "not_found" -> AppError.notFound();
            case "forbidden" -> AppError.of(ErrorCode.FORBIDDEN);
            case "too_late" -> AppError.of(ErrorCode.FORBIDDEN, "It was sent too long ago");
            default -> throw new IllegalStateException("unknown outcome " + outcome);
        };
    }
}
