package io.parley.features.conversations;

import io.parley.features.conversations.ConversationActions.AddMembers;
import io.parley.features.conversations.ConversationActions.Create;
import io.parley.features.conversations.ConversationActions.Get;
import io.parley.features.conversations.ConversationActions.ListMembers;
import io.parley.features.conversations.ConversationActions.ListOwn;
import io.parley.features.conversations.ConversationActions.NewConversation;
import io.parley.features.conversations.ConversationActions.Provision;
import io.parley.features.conversations.ConversationActions.RemoveMember;
import io.parley.features.conversations.ConversationActions.Update;
import io.parley.features.conversations.ConversationActions.UpdateMember;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
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
        host.operation("listMembers", ConversationRoutes::listMembers);
        host.operation("addMembers", ConversationRoutes::addMembers);
        host.operation("updateMember", ConversationRoutes::updateMember);
        host.operation("removeMember", ConversationRoutes::removeMember);
        host.operation("provisionConversations", ConversationRoutes::provision);
    }

    record NewName(String name) {}

    record NewMembers(List<UUID> users, @Nullable String role) {}

    record NewRole(String role) {}

    private static Future<Answer> create(Call call) {
        Principal caller = call.principal();
        NewConversation body = call.body(NewConversation.class);
        UUID id = Objects.requireNonNullElseGet(body.id(), Ids::next);
        return call.bus()
                .ask(ConversationActions.CREATE, id, new Create(caller.tenant(), caller.user(), id, body))
                .map(made -> made.existed() ? Answer.ok(made.conversation()) : Answer.created(made.conversation()));
    }

    private static Future<Answer> list(Call call) {
        Principal caller = call.principal();
        ListOwn asked = new ListOwn(
                caller.tenant(),
                caller.user(),
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
        Update update = new Update(
                caller.tenant(),
                caller.user(),
                conversation,
                call.body(NewName.class).name());
        return call.bus().ask(ConversationActions.UPDATE, conversation, update).map(Answer::ok);
    }

    private static Future<Answer> listMembers(Call call) {
        Principal caller = call.principal();
        ListMembers asked = new ListMembers(
                caller.tenant(),
                caller.user(),
                call.id(CONVERSATION),
                limit(call),
                call.query("cursor").orElse(null));
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
                Objects.requireNonNullElse(body.role(), "member"));
        return call.bus()
                .ask(ConversationActions.ADD_MEMBERS, conversation, add)
                .map(Answer::ok);
    }

    private static Future<Answer> updateMember(Call call) {
        Principal caller = call.principal();
        UUID conversation = call.id(CONVERSATION);
        UpdateMember update = new UpdateMember(
                caller.tenant(),
                caller.user(),
                conversation,
                call.id(USER),
                call.body(NewRole.class).role());
        return call.bus()
                .ask(ConversationActions.UPDATE_MEMBER, conversation, update)
                .map(Answer::ok);
    }

    private static Future<Answer> removeMember(Call call) {
        Principal caller = call.principal();
        UUID conversation = call.id(CONVERSATION);
        RemoveMember remove = new RemoveMember(caller.tenant(), caller.user(), conversation, call.id(USER));
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
