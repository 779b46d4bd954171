package io.parley.features.viewing;

import io.parley.features.contacts.ContactActions;
import io.parley.features.presence.Veil;
import io.parley.features.viewing.ViewingActions.Asked;
import io.parley.features.viewing.ViewingActions.Person;
import io.parley.features.viewing.ViewingActions.Persons;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.parley.support.AppError;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Viewing over REST. */
final class ViewingRoutes {
    private static final String CONVERSATION = "conversationId";
    private static final long PATIENCE_MS = 5_000;

    private ViewingRoutes() {}

    static void mount(OperationHost host) {
        host.operation("getViewing", ViewingRoutes::get);
    }

    private static Future<Answer> get(Call call) {
        Principal caller = call.principal();
        UUID conversation = call.id(CONVERSATION);
        Person person = new Person(caller.tenant(), caller.user(), conversation);
        return call.bus()
                .ask(ViewingActions.RIGHTS, new Persons(List.of(person)))
                .compose(found -> {
                    if (found.people().getFirst().root() == null) {
                        throw AppError.notFound();
                    }
                    return seen(call, new Asked(caller.tenant(), conversation));
                })
                .map(Answer::ok);
    }

    private static Future<ViewingEvents.Seen> seen(Call call, Asked asked) {
        return veil(call)
                .compose(veil -> call.bus()
                        .ask(ViewingActions.VIEWERS, asked)
                        .timeout(PATIENCE_MS, TimeUnit.MILLISECONDS)
                        .map(viewers ->
                                ViewingEvents.seen(viewers, call.principal().user(), veil)));
    }

    private static Future<Veil> veil(Call call) {
        ContactActions.Person onlooker = new ContactActions.Person(
                call.principal().tenant(), call.principal().user());
        return call.bus()
                .ask(ContactActions.BLOCKERS, new ContactActions.People(List.of(onlooker)))
                .map(blockers -> Veil.of(blockers.people().getFirst()));
    }
}
