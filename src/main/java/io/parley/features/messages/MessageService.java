package io.parley.features.messages;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.bus.Bus;
import io.parley.bus.Nothing;
import io.parley.features.messages.MessageActions.Change;
import io.parley.features.messages.MessageActions.Edit;
import io.parley.features.threads.ThreadActions;
import io.parley.features.threads.ThreadActions.Follow;
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
import java.util.UUID;

/**
 * Sends and changes messages: rules first, so that nothing that the database would refuse ever gets into a batch. The
 * database alone knows who may do what; it tells by an outcome.
 */
final class MessageService {
    private final Bus bus;
    private final MessageRules rules;
    private final Database database;
    private final Lane lane;
    private final AppendMessages append;
    private final MessageStore store;
    private final MessageChange<Edited> edit;
    private final MessageChange<Change> delete;

    /** @param editSeconds for how long the sender may edit a message; 0: for ever */
    MessageService(
            Bus bus,
            MessageRules rules,
            Database database,
            Lane lane,
            AppendMessages append,
            MessageStore store,
            int editSeconds) {
        this.bus = bus;
        this.rules = rules;
        this.database = database;
        this.lane = lane;
        this.append = append;
        this.store = store;
        this.edit = new MessageChange<>(
                bus,
                "message.edit",
                "edit_message($1, $2, $3, $4, $5, $6)",
                edited -> common(edited).addString(edited.content()).addInteger(editSeconds),
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
        AppendMessages.Draft draft = new AppendMessages.Draft(send, rules.content(send.draft()), fingerprint);
        return lane.submit(append, draft)
                .compose(result -> result.outcome().equals("not_following")
                        ? follow(send).compose(following -> lane.submit(append, draft))
                        : Future.succeededFuture(result))
                .map(result -> answer(draft, result));
    }

    /** Whoever says something in a thread follows it from then on. */
    private Future<Nothing> follow(MessageActions.Send send) {
        Follow follow = new Follow(send.tenant(), send.sender(), send.conversation(), List.of(send.sender()), false);
        return bus.ask(ThreadActions.FOLLOW, send.conversation(), follow);
    }

    private static MessageActions.Sent answer(AppendMessages.Draft draft, AppendMessages.Appended result) {
        return switch (result.outcome()) {
            case "ok" -> new MessageActions.Sent(AppendMessages.view(draft, result), false);
            case "duplicate" -> new MessageActions.Sent(AppendMessages.view(draft, result), true);
            case "refused" -> throw Objects.requireNonNull(result.content().refused());
            case "slow" -> throw AppError.rateLimited(result.retryMs());
            default -> throw refusal(result.outcome());
        };
    }

    /** @param content what takes the place of what the message said */
    private record Edited(Edit asked, String content) implements MessageChange.Asked {
        @Override
        public UUID tenant() {
            return asked.tenant();
        }

        @Override
        public UUID actor() {
            return asked.actor();
        }

        @Override
        public UUID conversation() {
            return asked.conversation();
        }

        @Override
        public UUID message() {
            return asked.message();
        }
    }

    Future<MessageActions.Found> edit(Edit asked) {
        Map<String, JsonNode> fields = rules.text(asked.text(), asked.mentions());
        Mentions.Said said =
                new Mentions.Said(asked.tenant(), asked.actor(), asked.conversation(), asked.text(), asked.mentions());
        return Mentions.of(database, List.of(said))
                .map(mentions -> Json.text(Mentions.with(fields, mentions.getFirst())))
                .compose(content -> submit(edit, new Edited(asked, content)));
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
