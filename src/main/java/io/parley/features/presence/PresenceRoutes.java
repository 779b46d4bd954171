package io.parley.features.presence;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.bus.PresenceFrame.Standing;
import io.parley.features.contacts.ContactActions;
import io.parley.features.conversations.ConversationActions;
import io.parley.features.conversations.ConversationActions.ListMembers;
import io.parley.features.conversations.ConversationActions.Members;
import io.parley.features.presence.PresenceActions.Choice;
import io.parley.features.presence.PresenceActions.People;
import io.parley.features.presence.PresenceActions.Person;
import io.parley.features.presence.PresenceActions.Standings;
import io.parley.features.presence.PresenceEvents.Seen;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Presence over REST. */
final class PresenceRoutes {
    private static final String CONVERSATION = "conversationId";
    private static final long DEFAULT_LIMIT = 50;
    private static final long PATIENCE_MS = 5_000;

    private PresenceRoutes() {}

    static void mount(OperationHost host) {
        host.operation("getOwnPresence", PresenceRoutes::own);
        host.operation("setOwnPresence", PresenceRoutes::set);
        host.operation("listPresence", PresenceRoutes::list);
        host.operation("listMemberPresence", PresenceRoutes::members);
    }

    record NewChoice(String status) {}

    /** @param chosen online when nothing else was chosen */
    record Own(String status, String chosen, @Nullable Instant lastSeen) {}

    record Page(
            List<Seen> items,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String next) {}

    private static Future<Answer> own(Call call) {
        People self = new People(List.of(PresenceRules.self(call.principal())));
        return call.bus()
                .ask(PresenceActions.CHOICES, self)
                .map(choices -> choices.choices().stream()
                        .findFirst()
                        .map(Choice::status)
                        .orElse(Status.ONLINE.word()))
                .compose(chosen -> own(call, self, chosen));
    }

    private static Future<Answer> set(Call call) {
        Principal caller = call.principal();
        People self = new People(List.of(PresenceRules.self(caller)));
        return call.bus()
                .ask(
                        PresenceActions.CHOOSE,
                        PresenceRules.choose(caller, call.body(NewChoice.class).status()))
                .compose(choice -> call.bus()
                        .ask(PresenceActions.APPLY, choice)
                        .compose(applied -> own(call, self, choice.status())));
    }

    private static Future<Answer> own(Call call, People self, String chosen) {
        return standings(call, self).map(found -> {
            Seen seen = PresenceEvents.seen(found.getFirst(), call.principal().user(), Veil.UNKNOWN);
            return Answer.ok(new Own(seen.status(), chosen, seen.lastSeen()));
        });
    }

    private static Future<Answer> list(Call call) {
        People asked =
                PresenceRules.people(call.principal(), call.query("users").orElse(""));
        return page(call, asked, veil(call), null);
    }

    private static Future<Answer> members(Call call) {
        Principal caller = call.principal();
        ListMembers asked = new ListMembers(
                caller.tenant(),
                caller.user(),
                call.id(CONVERSATION),
                call.number("limit").orElse(DEFAULT_LIMIT).intValue(),
                call.query("cursor").orElse(null));
        return call.bus()
                .ask(ConversationActions.LIST_MEMBERS, asked)
                .compose(found ->
                        page(call, people(caller, found), veil(call).map(Veil::beforeAcquaintances), found.next()));
    }

    private static People people(Principal caller, Members members) {
        return new People(members.items().stream()
                .map(member -> new Person(caller.tenant(), member.user()))
                .toList());
    }

    private static Future<Answer> page(Call call, People asked, Future<Veil> veil, @Nullable String next) {
        return standings(call, asked)
                .compose(standings -> veil.map(known -> Answer.ok(new Page(seen(call, standings, known), next))));
    }

    private static List<Seen> seen(Call call, List<Standing> standings, Veil veil) {
        return standings.stream()
                .map(standing -> PresenceEvents.seen(standing, call.principal().user(), veil))
                .toList();
    }

    /** Who hides from the caller; nobody is shown when that cannot be asked. */
    private static Future<Veil> veil(Call call) {
        Principal caller = call.principal();
        ContactActions.Person viewer = new ContactActions.Person(caller.tenant(), caller.user());
        return call.bus()
                .ask(ContactActions.BLOCKERS, new ContactActions.People(List.of(viewer)))
                .timeout(PATIENCE_MS, TimeUnit.MILLISECONDS)
                .map(blockers -> Veil.of(blockers.people().getFirst()))
                .otherwise(Veil.UNKNOWN);
    }

    /** Unknown when they cannot be asked for. */
    private static Future<List<Standing>> standings(Call call, People asked) {
        return call.bus()
                .ask(PresenceActions.STANDINGS, asked)
                .timeout(PATIENCE_MS, TimeUnit.MILLISECONDS)
                .map(Standings::people)
                .otherwise(unanswered ->
                        asked.people().stream().map(PresenceView::unknown).toList());
    }
}
