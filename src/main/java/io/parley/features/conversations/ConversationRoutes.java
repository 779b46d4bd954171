package io.parley.features.conversations;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.features.conversations.ConversationActions.AddMembers;
import io.parley.features.conversations.ConversationActions.Create;
import io.parley.features.conversations.ConversationActions.End;
import io.parley.features.conversations.ConversationActions.Filter;
import io.parley.features.conversations.ConversationActions.Get;
import io.parley.features.conversations.ConversationActions.ListMembers;
import io.parley.features.conversations.ConversationActions.ListOwn;
import io.parley.features.conversations.ConversationActions.NewConversation;
import io.parley.features.conversations.ConversationActions.Provision;
import io.parley.features.conversations.ConversationActions.RemoveMember;
import io.parley.features.conversations.ConversationActions.TransferOwnership;
import io.parley.features.conversations.ConversationActions.Update;
import io.parley.features.conversations.ConversationActions.UpdateMember;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.parley.server.limits.Limit;
import io.parley.support.Ids;
import io.vertx.core.Future;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Conversations and members over REST. */
final class ConversationRoutes {
    private static final long DEFAULT_LIMIT = 50;
    private static final String CONVERSATION = "conversationId";
    private static final String USER = "userId";

    private ConversationRoutes() {}

    static void mount(OperationHost host) {
        host.operation("createConversation", ConversationRoutes::create);
        host.operation("listConversations", ConversationRoutes::list);
        host.operation("getConversation", ConversationRoutes::get);
        host.operation("updateConversation", ConversationRoutes::update);
        host.operation("deleteConversation", ConversationRoutes::delete);
        host.operation("restoreConversation", ConversationRoutes::restore);
        host.operation("joinConversation", ConversationRoutes::join);
        host.operation("leaveConversation", ConversationRoutes::leave);
        host.operation("transferOwnership", ConversationRoutes::transferOwnership);
        host.operation("listMembers", ConversationRoutes::listMembers);
        host.operation("addMembers", ConversationRoutes::addMembers);
        host.operation("updateMember", ConversationRoutes::updateMember);
        host.operation("removeMember", ConversationRoutes::removeMember);
        host.operation("provisionConversations", ConversationRoutes::provision);
    }

    record NewMembers(List<UUID> users, @Nullable String role) {}

    record NewOwner(UUID user) {}

    private static Future<Answer> create(Call call) {
        Principal caller = call.principal();
        NewConversation body = call.body(NewConversation.class);
        UUID id = Objects.requireNonNullElseGet(body.id(), Ids::next);
        int perHour = call.limits().conversationsPerHour(caller.tenant());
        Create create = new Create(caller.tenant(), caller.user(), id, body, perHour);
        return call.limits()
                .counted(Limit.CONVERSATIONS, call.bus().ask(ConversationActions.CREATE, id, create))
                .map(made -> made.existed() ? Answer.ok(made.conversation()) : Answer.created(made.conversation()));
    }

    private static Future<Answer> list(Call call) {
        Principal caller = call.principal();
        ListOwn asked = new ListOwn(
                caller.tenant(),
                caller.user(),
                new Filter(
                        call.query("kind").orElse(null),
                        call.query("status").orElse(null),
                        call.query("q").orElse(null),
                        call.given("archived"),
                        call.flag("unread"),
                        call.flag("pinnedFirst")),
                limit(call),
                call.query("cursor").orElse(null));
        return call.bus().ask(ConversationActions.LIST, asked).map(Answer::ok);
    }

    private static Future<Answer> get(Call call) {
        Principal caller = call.principal();
        Get asked = new Get(caller.tenant(), caller.user(), call.id(CONVERSATION));
        return call.bus().ask(ConversationActions.GET, asked).map(Answer::ok);
    }

    private static Future<Answer> update(Call call) {
        Principal caller = call.principal();
        UUID conversation = call.id(CONVERSATION);
        Update update = new Update(caller.tenant(), caller.user(), conversation, call.body(ObjectNode.class));
        return call.bus().ask(ConversationActions.UPDATE, conversation, update).map(Answer::ok);
    }

    private static Future<Answer> delete(Call call) {
        return call.bus()
                .ask(ConversationActions.DELETE, call.id(CONVERSATION), end(call))
                .map(done -> Answer.noContent());
    }

    private static Future<Answer> restore(Call call) {
        return call.bus()
                .ask(ConversationActions.RESTORE, call.id(CONVERSATION), end(call))
                .map(Answer::ok);
    }

    private static End end(Call call) {
        Principal caller = call.principal();
        return new End(caller.tenant(), caller.user(), call.id(CONVERSATION));
    }

    /** Into a public group, as whoever adds himself. */
    private static Future<Answer> join(Call call) {
        Principal caller = call.principal();
        UUID conversation = call.id(CONVERSATION);
        int perHour = call.limits().joinsPerHour(caller.tenant());
        AddMembers add =
                new AddMembers(caller.tenant(), caller.user(), conversation, List.of(caller.user()), "member", perHour);
        return call.limits()
                .counted(Limit.JOINS, call.bus().ask(ConversationActions.ADD_MEMBERS, conversation, add))
                .compose(done ->
                        call.bus().ask(ConversationActions.GET, new Get(caller.tenant(), caller.user(), conversation)))
                .map(Answer::ok);
    }

    private static Future<Answer> leave(Call call) {
        return remove(call, call.principal().user());
    }

    private static Future<Answer> transferOwnership(Call call) {
        Principal caller = call.principal();
        UUID conversation = call.id(CONVERSATION);
        TransferOwnership transfer = new TransferOwnership(
                caller.tenant(),
                caller.user(),
                conversation,
                call.body(NewOwner.class).user());
        return call.bus()
                .ask(ConversationActions.TRANSFER_OWNERSHIP, conversation, transfer)
                .map(Answer::ok);
    }

    private static Future<Answer> listMembers(Call call) {
        Principal caller = call.principal();
        ListMembers asked = new ListMembers(
                caller.tenant(),
                caller.user(),
                call.id(CONVERSATION),
                limit(call),
                call.query("cursor").orElse(null),
                call.flag("left"),
                call.query("q").orElse(null));
        return call.bus().ask(ConversationActions.LIST_MEMBERS, asked).map(Answer::ok);
    }

    private static Future<Answer> addMembers(Call call) {
        Principal caller = call.principal();
        UUID conversation = call.id(CONVERSATION);
        NewMembers body = call.body(NewMembers.class);
        AddMembers add = new AddMembers(
                caller.tenant(),
                caller.user(),
                conversation,
                body.users(),
                Objects.requireNonNullElse(body.role(), "member"),
                call.limits().joinsPerHour(caller.tenant()));
        return call.limits()
                .counted(Limit.JOINS, call.bus().ask(ConversationActions.ADD_MEMBERS, conversation, add))
                .map(Answer::ok);
    }

    private static Future<Answer> updateMember(Call call) {
        Principal caller = call.principal();
        UUID conversation = call.id(CONVERSATION);
        UpdateMember update = new UpdateMember(
                caller.tenant(), caller.user(), conversation, call.id(USER), call.body(ObjectNode.class));
        return call.bus()
                .ask(ConversationActions.UPDATE_MEMBER, conversation, update)
                .map(Answer::ok);
    }

    private static Future<Answer> removeMember(Call call) {
        return remove(call, call.id(USER));
    }

    private static Future<Answer> remove(Call call, UUID user) {
        Principal caller = call.principal();
        UUID conversation = call.id(CONVERSATION);
        RemoveMember remove = new RemoveMember(caller.tenant(), caller.user(), conversation, user);
        return call.bus()
                .ask(ConversationActions.REMOVE_MEMBER, conversation, remove)
                .map(done -> Answer.noContent());
    }

    private static Future<Answer> provision(Call call) {
        return call.bus()
                .ask(ConversationActions.PROVISION, call.body(Provision.class))
                .map(Answer::ok);
    }

    private static int limit(Call call) {
        return call.number("limit").orElse(DEFAULT_LIMIT).intValue();
    }
}
