package io.parley.features.invites;

import io.parley.features.conversations.ConversationActions;
import io.parley.features.invites.InviteActions.Accept;
import io.parley.features.invites.InviteActions.ListInvites;
import io.parley.features.invites.InviteActions.Look;
import io.parley.features.invites.InviteActions.NewInvite;
import io.parley.features.invites.InviteActions.RevokeInvite;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.parley.server.limits.Limit;
import io.parley.support.Ids;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Invite links over REST. */
final class InviteRoutes {
    private static final long DEFAULT_LIMIT = 50;
    private static final String CONVERSATION = "conversationId";

    private InviteRoutes() {}

    static void mount(OperationHost host) {
        host.operation("listInvites", InviteRoutes::list);
        host.operation("createInvite", InviteRoutes::create);
        host.operation("revokeInvite", InviteRoutes::revoke);
        host.operation("previewInvite", InviteRoutes::preview);
        host.operation("acceptInvite", InviteRoutes::accept);
    }

    record Wanted(
            @Nullable UUID id,
            @Nullable String role,
            @Nullable Instant expiresAt,
            @Nullable Integer maxUses) {}

    record Token(String token) {}

    private static Future<Answer> list(Call call) {
        Principal caller = call.principal();
        ListInvites asked = new ListInvites(
                caller.tenant(),
                caller.user(),
                call.id(CONVERSATION),
                call.number("limit").orElse(DEFAULT_LIMIT).intValue(),
                call.query("cursor").orElse(null));
        return call.bus().ask(InviteActions.LIST, asked).map(Answer::ok);
    }

    private static Future<Answer> create(Call call) {
        Principal caller = call.principal();
        UUID conversation = call.id(CONVERSATION);
        Wanted body = call.body(Wanted.class);
        NewInvite asked = new NewInvite(
                caller.tenant(),
                caller.user(),
                conversation,
                Objects.requireNonNullElseGet(body.id(), Ids::next),
                Objects.requireNonNullElse(body.role(), "member"),
                body.expiresAt(),
                body.maxUses());
        return call.bus().ask(InviteActions.CREATE, conversation, asked).map(Answer::created);
    }

    private static Future<Answer> revoke(Call call) {
        Principal caller = call.principal();
        UUID conversation = call.id(CONVERSATION);
        RevokeInvite asked = new RevokeInvite(caller.tenant(), caller.user(), conversation, call.id("inviteId"));
        return call.bus().ask(InviteActions.REVOKE, conversation, asked).map(done -> Answer.noContent());
    }

    private static Future<Answer> preview(Call call) {
        return call.bus().ask(InviteActions.LOOK, look(call)).map(Answer::ok);
    }

    private static Look look(Call call) {
        Principal caller = call.principal();
        return new Look(caller.tenant(), caller.user(), call.body(Token.class).token());
    }

    /** The token tells only after a look in whose lane it is to be used. */
    private static Future<Answer> accept(Call call) {
        Look look = look(call);
        return call.bus().ask(InviteActions.LOOK, look).compose(found -> {
            UUID conversation = found.conversation();
            int perHour = call.limits().joinsPerHour(look.tenant());
            Accept asked = new Accept(look.tenant(), look.user(), conversation, look.token(), perHour);
            return call.limits()
                    .counted(Limit.JOINS, call.bus().ask(InviteActions.ACCEPT, conversation, asked))
                    .compose(done -> call.bus()
                            .ask(
                                    ConversationActions.GET,
                                    new ConversationActions.Get(look.tenant(), look.user(), conversation)))
                    .map(Answer::ok);
        });
    }
}
