package io.parley.features.contacts;

import io.parley.bus.Action;
import io.parley.bus.Nothing;
import io.parley.features.contacts.ContactActions.Pair;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.vertx.core.Future;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The operations on contacts, requests and blocks. */
final class ContactRoutes {
    private ContactRoutes() {}

    static void mount(OperationHost host) {
        host.operation("listContacts", ContactRoutes::list);
        host.operation("removeContact", call -> done(call, ContactActions.REMOVE, ContactRules.pair(call)));
        host.operation("listContactRequests", ContactRoutes::listRequests);
        host.operation("requestContact", ContactRoutes::request);
        host.operation("acceptContactRequest", call -> done(call, ContactActions.ACCEPT, ContactRules.pair(call)));
        host.operation("declineContactRequest", call -> done(call, ContactActions.DECLINE, ContactRules.pair(call)));
        host.operation("cancelContactRequest", call -> done(call, ContactActions.CANCEL, ContactRules.pair(call)));
        host.operation("listBlocks", ContactRoutes::listBlocks);
        host.operation("blockUser", call -> done(call, ContactActions.BLOCK, ContactRules.another(call)));
        host.operation("unblockUser", call -> done(call, ContactActions.UNBLOCK, ContactRules.pair(call)));
    }

    record NewRequest(UUID user, @Nullable String message) {}

    private static Future<Answer> done(Call call, Action<Pair, Nothing> action, Pair pair) {
        return call.bus().ask(action, pair).map(done -> Answer.noContent());
    }

    private static Future<Answer> request(Call call) {
        NewRequest body = call.body(NewRequest.class);
        return call.bus()
                .ask(ContactActions.REQUEST, ContactRules.request(call.principal(), body.user(), body.message()))
                .map(asked -> asked.now() ? Answer.created(asked.relation()) : Answer.ok(asked.relation()));
    }

    private static Future<Answer> list(Call call) {
        return call.bus().ask(ContactActions.LIST, ContactRules.list(call)).map(Answer::ok);
    }

    private static Future<Answer> listRequests(Call call) {
        return call.bus()
                .ask(ContactActions.LIST_REQUESTS, ContactRules.listRequests(call))
                .map(Answer::ok);
    }

    private static Future<Answer> listBlocks(Call call) {
        return call.bus()
                .ask(ContactActions.LIST_BLOCKS, ContactRules.list(call))
                .map(Answer::ok);
    }
}
