package io.parley.features.receipts;

import io.parley.features.receipts.ReceiptActions.Kind;
import io.parley.features.receipts.ReceiptActions.ListReceipts;
import io.parley.features.receipts.ReceiptActions.MarkUpTo;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.vertx.core.Future;

/** Receipts over REST. */
final class ReceiptRoutes {
    private static final String CONVERSATION = "conversationId";

    private ReceiptRoutes() {}

    static void mount(OperationHost host) {
        host.operation("markRead", call -> mark(call, Kind.READ));
        host.operation("markDelivered", call -> mark(call, Kind.DELIVERED));
        host.operation("listReceipts", ReceiptRoutes::list);
    }

    record NewMark(long number) {}

    private static Future<Answer> mark(Call call, Kind kind) {
        MarkUpTo mark = ReceiptRules.mark(
                call.principal(),
                call.id(CONVERSATION),
                kind,
                call.body(NewMark.class).number());
        return call.bus().ask(ReceiptActions.MARK, mark.conversation(), mark).map(done -> Answer.noContent());
    }

    private static Future<Answer> list(Call call) {
        ListReceipts asked = ReceiptRules.list(
                call.principal(),
                call.id(CONVERSATION),
                call.number("number").orElse(null),
                call.number("limit").orElse(null),
                call.query("cursor").orElse(null));
        return call.bus().ask(ReceiptActions.LIST, asked).map(Answer::ok);
    }
}
