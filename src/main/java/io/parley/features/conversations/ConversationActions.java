package io.parley.features.conversations;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.bus.Action;
import io.parley.bus.Nothing;
import io.parley.support.AppError;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be asked about conversations and their members. Those that write are asked with the conversation as key. */
public final class ConversationActions {
    public static final Action<Create, Created> CREATE = Action.of("conversations.create", Create.class, Created.class);

    /** Makes many for an operator, in one transaction; asked without a key. */
    public static final Action<Provision, Provisioned> PROVISION =
            Action.of("conversations.provision", Provision.class, Provisioned.class);

    public static final Action<Get, ConversationView> GET =
            Action.of("conversations.get", Get.class, ConversationView.class);
    public static final Action<ListOwn, Conversations> LIST =
            Action.of("conversations.list", ListOwn.class, Conversations.class);
    public static final Action<Update, ConversationView> UPDATE =
            Action.of("conversations.update", Update.class, ConversationView.class);
    public static final Action<AddMembers, Members> ADD_MEMBERS =
            Action.of("conversations.addMembers", AddMembers.class, Members.class);
    public static final Action<RemoveMember, Nothing> REMOVE_MEMBER =
            Action.of("conversations.removeMember", RemoveMember.class, Nothing.class);
    public static final Action<UpdateMember, MemberView> UPDATE_MEMBER =
            Action.of("conversations.updateMember", UpdateMember.class, MemberView.class);
    public static final Action<ListMembers, Members> LIST_MEMBERS =
            Action.of("conversations.listMembers", ListMembers.class, Members.class);

    private ConversationActions() {}

    /**
     * A conversation to be made.
     *
     * @param id made by the client so that the call may be repeated; null: one is made here
     * @param members the others; when an operator makes it, all, a group's owner first
     */
    public record NewConversation(
            @Nullable UUID id,
            String type,
            @Nullable String name,
            List<UUID> members,
            @Nullable String visibility,
            @Nullable String history) {}

    /** @param id the key: the conversation's id unless it exists already, as a direct one may */
    public record Create(UUID tenant, UUID creator, UUID id, NewConversation conversation) {}

    public record Created(ConversationView conversation, boolean existed) {}

    public record Provision(List<NewConversation> conversations) {}

    /** In the order of the question. */
    public record Provisioned(List<ProvisionedConversation> items) {}

    /** Has either an id or an error. */
    public record ProvisionedConversation(
            @Nullable UUID id, @Nullable ItemError error) {}

    /** Why one of many could not be done. */
    public record ItemError(String code, String detail) {
        static ItemError of(AppError error) {
            return new ItemError(error.code().word(), error.detail());
        }
    }

    public record Get(UUID tenant, UUID user, UUID conversation) {}

    /** @param cursor the {@code next} of the page before */
    public record ListOwn(
            UUID tenant, UUID user, int limit, @Nullable String cursor) {}

    public record Conversations(
            List<ConversationView> items,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String next) {}

    /** A change that somebody makes to a conversation that is there. */
    public interface Changing {
        UUID tenant();

        UUID actor();

        UUID conversation();
    }

    public record Update(UUID tenant, UUID actor, UUID conversation, String name) implements Changing {}

    public record AddMembers(UUID tenant, UUID actor, UUID conversation, List<UUID> users, String role)
            implements Changing {}

    /** By oneself: leaving. */
    public record RemoveMember(UUID tenant, UUID actor, UUID conversation, UUID user) implements Changing {}

    public record UpdateMember(UUID tenant, UUID actor, UUID conversation, UUID user, String role)
            implements Changing {}

    /** @param cursor the {@code next} of the page before */
    public record ListMembers(
            UUID tenant,
            UUID user,
            UUID conversation,
            int limit,
            @Nullable String cursor) {}

    public record Members(
            List<MemberView> items,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String next) {}
}
