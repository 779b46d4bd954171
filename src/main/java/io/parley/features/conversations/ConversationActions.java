package io.parley.features.conversations;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.bus.Action;
import io.parley.bus.Nothing;
import io.parley.support.AppError;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be asked about conversations and their members. Those that write are asked with the conversation as key. */
public final class ConversationActions {
    public static final Action<Create, Created> CREATE = Action.of("conversations.create", Create.class, Created.class);

    /** Makes many for an operator, so many in each transaction; asked without a key. */
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
    public static final Action<TransferOwnership, ConversationView> TRANSFER_OWNERSHIP =
            Action.of("conversations.transferOwnership", TransferOwnership.class, ConversationView.class);
    public static final Action<ListMembers, Members> LIST_MEMBERS =
            Action.of("conversations.listMembers", ListMembers.class, Members.class);

    public static final Action<End, Nothing> DELETE = Action.of("conversations.delete", End.class, Nothing.class);

    public static final Action<End, ConversationView> RESTORE =
            Action.of("conversations.restore", End.class, ConversationView.class);

    private ConversationActions() {}

    /**
     * A conversation to be made.
     *
     * @param id made by the client so that the call may be repeated; null: one is made here
     * @param members the others; when an operator makes it, all, a group's owner first
     * @param template whose settings and members go before these
     * @param settings what else is set in it, as the contract has it
     */
    public record NewConversation(
            @Nullable UUID id,
            String type,
            @Nullable String name,
            List<UUID> members,
            @Nullable String visibility,
            @Nullable String history,
            @Nullable UUID template,
            @JsonAnyGetter @JsonAnySetter Map<String, JsonNode> settings) {
        /** One in which nothing else is set. */
        public NewConversation(
                @Nullable UUID id,
                String type,
                @Nullable String name,
                List<UUID> members,
                @Nullable String visibility,
                @Nullable String history) {
            this(id, type, name, members, visibility, history, null, Map.of());
        }
    }

    /**
     * @param id the key: the conversation's id unless it exists already, as a direct one may
     * @param perHour how many the creator may make in an hour; 0: any number
     */
    public record Create(UUID tenant, UUID creator, UUID id, NewConversation conversation, int perHour) {
        /** Without a limit. */
        public Create(UUID tenant, UUID creator, UUID id, NewConversation conversation) {
            this(tenant, creator, id, conversation, 0);
        }
    }

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

    /** @param cursor the {@code next} of the page before, with the same filter */
    public record ListOwn(
            UUID tenant,
            UUID user,
            Filter filter,
            int limit,
            @Nullable String cursor) {}

    /**
     * Which of one's conversations, and in which order.
     *
     * @param kind of conversations; null: all
     * @param status active, archived (for all) or deleted; null: all that are not deleted
     * @param q beginnings of words of the name
     * @param archived only those in one's own archive, or only the others; null: all
     * @param unread only those with unread messages, and those marked as unread
     * @param pinnedFirst the pinned ones in their order, before the others
     */
    public record Filter(
            @Nullable String kind,
            @Nullable String status,
            @Nullable String q,
            @Nullable Boolean archived,
            boolean unread,
            boolean pinnedFirst) {
        public static final Filter ALL = new Filter(null, null, null, null, false, false);
    }

    public record Conversations(
            List<ConversationView> items,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String next) {}

    /** A change that a person makes to a conversation that is there. */
    public interface Changing {
        UUID tenant();

        UUID actor();

        UUID conversation();
    }

    /** @param fields the settings that shall be different, as the contract has them; null takes one away */
    public record Update(UUID tenant, UUID actor, UUID conversation, ObjectNode fields) implements Changing {
        public Update(UUID tenant, UUID actor, UUID conversation, String name) {
            this(
                    tenant,
                    actor,
                    conversation,
                    JsonNodeFactory.instance.objectNode().put("name", name));
        }
    }

    /** @param perHour into how many conversations the actor may bring himself in an hour; 0: any number */
    public record AddMembers(UUID tenant, UUID actor, UUID conversation, List<UUID> users, String role, int perHour)
            implements Changing {
        /** Without a limit. */
        public AddMembers(UUID tenant, UUID actor, UUID conversation, List<UUID> users, String role) {
            this(tenant, actor, conversation, users, role, 0);
        }
    }

    /** By oneself: leaving. */
    public record RemoveMember(UUID tenant, UUID actor, UUID conversation, UUID user) implements Changing {}

    /** @param fields what shall be different with the membership, as the contract has it; null takes it away */
    public record UpdateMember(UUID tenant, UUID actor, UUID conversation, UUID user, ObjectNode fields)
            implements Changing {
        public UpdateMember(UUID tenant, UUID actor, UUID conversation, UUID user, String role) {
            this(
                    tenant,
                    actor,
                    conversation,
                    user,
                    JsonNodeFactory.instance.objectNode().put("role", role));
        }
    }

    /** @param user who becomes an owner in place of the one who asks */
    public record TransferOwnership(UUID tenant, UUID actor, UUID conversation, UUID user) implements Changing {}

    /** That a conversation ends, or that its end is taken back. */
    public record End(UUID tenant, UUID actor, UUID conversation) implements Changing {}

    /**
     * @param left those who are out instead of those who are in
     * @param q beginnings of words of their names
     * @param cursor the {@code next} of the page before
     */
    public record ListMembers(
            UUID tenant,
            UUID user,
            UUID conversation,
            int limit,
            @Nullable String cursor,
            boolean left,
            @Nullable String q) {
        public ListMembers(UUID tenant, UUID user, UUID conversation, int limit, @Nullable String cursor) {
            this(tenant, user, conversation, limit, cursor, false, null);
        }
    }

    public record Members(
            List<MemberView> items,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String next) {}
}
