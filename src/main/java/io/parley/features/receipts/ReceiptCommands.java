package io.parley.features.receipts;

import io.parley.bus.Nothing;
import io.parley.features.receipts.ReceiptActions.Kind;
import io.parley.features.receipts.ReceiptActions.MarkUpTo;
import io.parley.features.receipts.ReceiptActions.Receipts;
import io.parley.server.session.Caller;
import io.parley.server.session.SessionHost;
import io.vertx.core.Future;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Receipts over the WebSocket. */
final class ReceiptCommands {
    private ReceiptCommands() {}

    static void mount(SessionHost host) {
        host.command("read", Mark.class, (caller, command) -> mark(caller, command, Kind.READ));
        host.command("delivered", Mark.class, (caller, command) -> mark(caller, command, Kind.DELIVERED));
        host.command("receipts", ListOf.class, ReceiptCommands::list);
    }

    record Mark(UUID conversation, long number) {}

    record ListOf(
            UUID conversation,
            @Nullable Long number,
            @Nullable Long limit,
            @Nullable String cursor) {}

    private static Future<Nothing> mark(Caller caller, Mark command, Kind kind) {
        MarkUpTo mark = ReceiptRules.mark(caller.principal(), command.conversation(), kind, command.number());
        return caller.bus().ask(ReceiptActions.MARK, command.conversation(), mark);
    }

    private static Future<Receipts> list(Caller caller, ListOf command) {
        return caller.bus()
                .ask(
                        ReceiptActions.LIST,
                        ReceiptRules.list(
                                caller.principal(),
                                command.conversation(),
                                command.number(),
                                command.limit(),
                                command.cursor()));
    }
}
