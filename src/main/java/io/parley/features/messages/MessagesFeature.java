package io.parley.features.messages;

import io.parley.bus.Bus;
import io.parley.features.receipts.ReceiptActions;
import io.parley.server.Feature;
import io.parley.server.contract.OperationHost;
import io.parley.server.persistence.PersistenceHost;
import io.parley.server.session.HubActions;
import io.parley.server.session.SessionHost;
import io.parley.support.Config;
import io.parley.support.Metrics;

/** Messages: what they hand to each host. */
public final class MessagesFeature implements Feature {
    private final Config config;

    private final Metrics metrics;

    public MessagesFeature(Config config, Metrics metrics) {
        this.config = config;
        this.metrics = metrics;
    }

    @Override
    public void persistence(PersistenceHost host) {
        MessageStore store = new MessageStore(host.database());
        ChangesStore changes = new ChangesStore(host.database());
        AppendMessages append = new AppendMessages(
                host.bus(), config.limits().textBytes(), (draft, result) -> stored(host.bus(), draft, result));
        MessageService service = new MessageService(
                host.bus(),
                new MessageRules(config.limits()),
                host.lane(),
                append,
                store,
                config.limits().editSeconds());
        host.answerInLane(MessageActions.SEND, service::send);
        host.answerInLane(MessageActions.EDIT, service::edit);
        host.answerInLane(MessageActions.DELETE, service::delete);
        host.answer(MessageActions.EDITS, store::edits);
        host.answer(MessageActions.HISTORY, store::history);
        host.answer(MessageActions.GET, store::get);
        host.answer(MessageActions.CHANGES, changes::since);
        host.answer(HubActions.REPAIR, new ConversationRepair(changes)::repair);
    }

    private void stored(Bus bus, AppendMessages.Draft draft, AppendMessages.Appended result) {
        metrics.messagesCommitted(1);
        MessageActions.Send send = draft.send();
        ReceiptActions.Sent sent =
                new ReceiptActions.Sent(send.conversation(), send.sender(), result.counted(), result.number());
        bus.tell(ReceiptActions.SENT, send.conversation(), sent);
    }

    @Override
    public void operations(OperationHost host) {
        MessageRoutes.mount(host);
    }

    @Override
    public void session(SessionHost host) {
        MessageCommands.mount(host);
    }
}
