package io.parley.features.conversations;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.bus.Nothing;
import io.parley.features.conversations.ConversationActions.AddMembers;
import io.parley.features.conversations.ConversationActions.Changing;
import io.parley.features.conversations.ConversationActions.Create;
import io.parley.features.conversations.ConversationActions.Created;
import io.parley.features.conversations.ConversationActions.End;
import io.parley.features.conversations.ConversationActions.Get;
import io.parley.features.conversations.ConversationActions.ItemError;
import io.parley.features.conversations.ConversationActions.Members;
import io.parley.features.conversations.ConversationActions.NewConversation;
import io.parley.features.conversations.ConversationActions.Provision;
import io.parley.features.conversations.ConversationActions.Provisioned;
import io.parley.features.conversations.ConversationActions.ProvisionedConversation;
import io.parley.features.conversations.ConversationActions.RemoveMember;
import io.parley.features.conversations.ConversationActions.TransferOwnership;
import io.parley.features.conversations.ConversationActions.Update;
import io.parley.features.conversations.ConversationActions.UpdateMember;
import io.parley.features.expiry.Lifetimes;
import io.parley.server.persistence.PersistenceHost;
import io.parley.support.AppError;
import io.parley.support.Config;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * Changes conversations: the rules first, then the change in the conversation's lane, then the answer, read anew. The
 * database alone knows who may do what; it tells by an outcome.
 */
final class ConversationService {
    private static final int PROVISIONED_AT_ONCE = 100;

    private final PersistenceHost host;
    private final ConversationStore conversations;
    private final MemberStore members;
    private final Lifetimes lifetimes;
    private final ConversationCreation creation;
    private final ConversationChange<Update> update;
    private final ConversationChange<AddMembers> addMembers;
    private final ConversationChange<RemoveMember> removeMember;
    private final ConversationChange<UpdateMember> updateMember;
    private final ConversationChange<TransferOwnership> transferOwnership;
    private final ConversationChange<End> delete;
    private final ConversationChange<End> restore;

    ConversationService(
            PersistenceHost host, ConversationStore conversations, MemberStore members, Config.Limits limits) {
        this.host = host;
        this.conversations = conversations;
        this.members = members;
        this.lifetimes = Lifetimes.of(limits);
        this.creation = new ConversationCreation(new ConversationPublisher(host.bus()), limits.groupMembers());
        this.update = new ConversationChange<>(
                host.bus(),
                "conversation.update",
                "update_conversation($1, $2, $2, $3, $4::text::jsonb, $5)",
                asked -> asked.common().addString(settings(asked.change())).addUUID(asked.messageId()));
        this.addMembers = new ConversationChange<>(
                host.bus(),
                "members.add",
                "add_members($1, $2, $2, $3, $4, $5, $6, $7, $8)",
                asked -> asked.common()
                        .addArrayOfUUID(asked.change().users().toArray(UUID[]::new))
                        .addString(asked.change().role())
                        .addUUID(asked.messageId())
                        .addInteger(limits.groupMembers())
                        .addInteger(asked.change().perHour()));
        this.removeMember = new ConversationChange<>(
                host.bus(),
                "members.remove",
                "remove_member($1, $2, $2, $3, $4, $5)",
                asked -> asked.common().addUUID(asked.change().user()).addUUID(asked.messageId()));
        this.updateMember = new ConversationChange<>(
                host.bus(),
                "members.update",
                "update_member($1, $2, $2, $3, $4, $5::text::jsonb)",
                asked -> asked.common()
                        .addUUID(asked.change().user())
                        .addString(Json.text(asked.change().fields())));
        this.transferOwnership = new ConversationChange<>(
                host.bus(),
                "ownership.transfer",
                "transfer_ownership($1, $2, $2, $3, $4, $5)",
                asked -> asked.common().addUUID(asked.change().user()).addUUID(asked.messageId()));
        this.delete = new ConversationChange<>(
                host.bus(), "conversation.delete", "delete_conversation($1, $2, $3)", ConversationChange.Asked::common);
        this.restore = new ConversationChange<>(
                host.bus(),
                "conversation.restore",
                "restore_conversation($1, $2, $3, $4, make_interval(days => $5))",
                asked -> asked.common().addUUID(asked.messageId()).addInteger(limits.restoreDays()));
    }

    private static String settings(Update asked) {
        return Json.text(ConversationRules.withWords(fields(asked)));
    }

    private static Map<String, JsonNode> fields(Update asked) {
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        asked.fields().properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
        return fields;
    }

    Future<Created> create(Create asked) {
        ConversationRules.requireFit(asked.conversation());
        lifetimes.requireTimer(asked.conversation().settings());
        ConversationCreation.Item item = ConversationCreation.Item.of(
                asked.tenant(), asked.creator(), asked.id(), asked.conversation(), asked.perHour());
        return host.lane().submit(creation, item).compose(made -> {
            ConversationRules.requireDone(made.outcome());
            UUID conversation = Objects.requireNonNull(made.id());
            return conversations
                    .get(new Get(asked.tenant(), asked.creator(), conversation))
                    .map(view -> new Created(view, !made.now()));
        });
    }

    Future<Provisioned> provision(Provision asked) {
        ConversationRules.requireFit(asked.conversations());
        asked.conversations().forEach(one -> lifetimes.requireTimer(one.settings()));
        List<ConversationCreation.Item> items =
                asked.conversations().stream().map(ConversationService::item).toList();
        return inParts(items, new ArrayList<>()).map(Provisioned::new);
    }

    /** A thousand conversations with many members are more than one statement may take its time for. */
    private Future<List<ProvisionedConversation>> inParts(
            List<ConversationCreation.Item> items, List<ProvisionedConversation> done) {
        if (items.isEmpty()) {
            return Future.succeededFuture(done);
        }
        int size = Math.min(items.size(), PROVISIONED_AT_ONCE);
        return creation.provision(host.database(), items.subList(0, size)).compose(made -> {
            made.stream().map(ConversationService::provisioned).forEach(done::add);
            return inParts(items.subList(size, items.size()), done);
        });
    }

    private static ConversationCreation.Item item(NewConversation asked) {
        return ConversationCreation.Item.of(null, null, Objects.requireNonNullElseGet(asked.id(), Ids::next), asked, 0);
    }

    private static ProvisionedConversation provisioned(ConversationCreation.Made made) {
        try {
            ConversationRules.requireDone(made.outcome());
            return new ProvisionedConversation(made.id(), null);
        } catch (AppError refused) {
            return new ProvisionedConversation(null, ItemError.of(refused));
        }
    }

    Future<ConversationView> update(Update asked) {
        ConversationRules.requireSettings(fields(asked));
        lifetimes.requireTimer(fields(asked));
        return update.submit(host.lane(), asked).compose(done -> view(asked));
    }

    /** As the one who has changed it sees it now. */
    private Future<ConversationView> view(Changing asked) {
        return conversations.get(new Get(asked.tenant(), asked.actor(), asked.conversation()));
    }

    /** Answers those whom this call has added. */
    Future<Members> addMembers(AddMembers asked) {
        return addMembers
                .submit(host.lane(), asked)
                .compose(done -> members.announcedBy(asked.conversation(), done.messageId()))
                .map(added -> new Members(added, null));
    }

    Future<Nothing> removeMember(RemoveMember asked) {
        return removeMember.submit(host.lane(), asked).map(done -> Nothing.NOTHING);
    }

    Future<MemberView> updateMember(UpdateMember asked) {
        ConversationRules.requireMemberFields(asked.fields());
        return updateMember.submit(host.lane(), asked).compose(done -> members.get(asked.conversation(), asked.user()));
    }

    Future<ConversationView> transferOwnership(TransferOwnership asked) {
        return transferOwnership.submit(host.lane(), asked).compose(done -> view(asked));
    }

    Future<Nothing> delete(End asked) {
        return delete.submit(host.lane(), asked).map(done -> Nothing.NOTHING);
    }

    Future<ConversationView> restore(End asked) {
        return restore.submit(host.lane(), asked).compose(done -> view(asked));
    }
}
