package io.parley.features.messages;

import io.parley.server.auth.Principal;
import io.parley.server.limits.Limits;
import io.parley.server.session.Caller;
import io.parley.server.session.SessionHost;
import io.parley.support.AppError;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Messages over the WebSocket. */
final class MessageCommands {
    private MessageCommands() {}

    static void mount(SessionHost host) {
        host.command("message.send", Send.class, (caller, command) -> send(host.limits(), caller, command));
        host.command("changes", Changes.class, MessageCommands::changes);
        host.command("history", History.class, (caller, command) -> history(host.limits(), caller, command));
    }

    record Send(UUID conversation, MessageDraft message) {}

    /** @param message as it is now, which may be another state than was sent; given when it was sent before */
    record Sent(
            UUID id,
            long number,
            long version,
            Instant createdAt,
            @Nullable Instant expiresAt,
            @Nullable MessageView message) {}

    record Changes(UUID conversation, long after) {}

    record History(
            UUID conversation,
            @Nullable Long before,
            @Nullable Long after,
            @Nullable Long around,
            @Nullable Long limit) {}

    private static Future<Sent> send(Limits limits, Caller caller, Send command) {
        Principal who = caller.principal();
        if (command.message().id() == null) {
            throw AppError.field("message.id", "required", "is missing");
        }
        limits.message(who);
        MessageActions.Send send = new MessageActions.Send(
                who.tenant(),
                who.user(),
                command.conversation(),
                command.message(),
                System.nanoTime(),
                MessageActions.Client.of(caller.device()));
        return caller.bus()
                .ask(MessageActions.SEND, command.conversation(), send)
                .map(sent -> {
                    MessageView message = sent.message();
                    return new Sent(
                            message.id(),
                            message.number(),
                            message.version(),
                            message.createdAt(),
                            message.expiresAt(),
                            sent.repeated() ? message : null);
                });
    }

    private static Future<MessageActions.Changes> changes(Caller caller, Changes command) {
        if (command.after() < 0) {
            throw AppError.field("after", "range", "must not be negative");
        }
        Principal who = caller.principal();
        return caller.bus()
                .ask(
                        MessageActions.CHANGES,
                        new MessageActions.ChangesSince(
                                who.tenant(), who.user(), command.conversation(), command.after()));
    }

    /** Counted as the operation that it is over REST; {@code changes} is not, for all ask for it when they come back. */
    private static Future<MessageActions.Page> history(Limits limits, Caller caller, History command) {
        limits.operation(caller.principal(), "listMessages");
        return caller.bus()
                .ask(
                        MessageActions.HISTORY,
                        MessageActions.History.asked(
                                caller.principal(),
                                command.conversation(),
                                command.before(),
                                command.after(),
                                command.around(),
                                command.limit()));
    }
}
