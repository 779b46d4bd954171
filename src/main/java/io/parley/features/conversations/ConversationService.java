package io.parley.features.conversations;

import io.parley.bus.Nothing;
import io.parley.features.conversations.ConversationActions.AddMembers;
import io.parley.features.conversations.ConversationActions.Changing;
import io.parley.features.conversations.ConversationActions.Create;
import io.parley.features.conversations.ConversationActions.Created;
import io.parley.features.conversations.ConversationActions.Get;
import io.parley.features.conversations.ConversationActions.ItemError;
import io.parley.features.conversations.ConversationActions.Members;
import io.parley.features.conversations.ConversationActions.NewConversation;
import io.parley.features.conversations.ConversationActions.Provision;
import io.parley.features.conversations.ConversationActions.Provisioned;
import io.parley.features.conversations.ConversationActions.ProvisionedConversation;
import io.parley.features.conversations.ConversationActions.RemoveMember;
import io.parley.features.conversations.ConversationActions.Update;
import io.parley.features.conversations.ConversationActions.UpdateMember;
import io.parley.server.persistence.Database;
import io.parley.server.persistence.Lane;
import io.parley.support.AppError;
import io.parley.support.Ids;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * Changes conversations: the rules first, then the change in the conversation's lane, then the answer, read anew. The
 * database alone knows who may do what; it tells by an outcome.
 */
final class ConversationService {
    private static final int PROVISIONED_AT_ONCE = 100;

    private final Database database;
    private final Lane lane;
    private final ConversationStore conversations;
    private final MemberStore members;
    private final int mostMembers;
    private final ConversationCreation creation;
    private final ConversationChange<Update> update;
    private final ConversationChange<AddMembers> addMembers;
    private final ConversationChange<RemoveMember> removeMember;
    private final ConversationChange<UpdateMember> updateMember;

    /** @param mostMembers of one conversation */
    ConversationService(
            Database database,
            Lane lane,
            ConversationPublisher publisher,
            ConversationStore conversations,
            MemberStore members,
            int mostMembers) {
        this.database = database;
        this.lane = lane;
        this.conversations = conversations;
        this.members = members;
        this.mostMembers = mostMembers;
        this.creation = new ConversationCreation(publisher);
        this.update = new ConversationChange<>(
                "conversation.update",
                "update_conversation($1, $2, $2, $3, $4, NULL, NULL, $5)",
                asked -> common(asked).addString(asked.change().name()).addUUID(asked.messageId()),
                publisher::renamed);
        this.addMembers = new ConversationChange<>(
                "members.add",
                "add_members($1, $2, $2, $3, $4, $5, $6, $7)",
                asked -> common(asked)
                        .addArrayOfUUID(asked.change().users().toArray(UUID[]::new))
                        .addString(asked.change().role())
                        .addUUID(asked.messageId())
                        .addInteger(mostMembers),
                (asked, done) -> publisher.added(asked.conversation(), asked.actor(), done));
        this.removeMember = new ConversationChange<>(
                "members.remove",
                "remove_member($1, $2, $2, $3, $4, $5)",
                asked -> common(asked).addUUID(asked.change().user()).addUUID(asked.messageId()),
                (asked, done) -> publisher.removed(asked.conversation(), asked.user(), asked.actor(), done));
        this.updateMember = new ConversationChange<>(
                "members.update",
                "set_member_role($1, $2, $2, $3, $4, $5)",
                asked -> common(asked)
                        .addUUID(asked.change().user())
                        .addString(asked.change().role()),
                publisher::roleChanged);
    }

    /** Every function begins with these; a conversation that is no thread is its own root. */
    private static Tuple common(ConversationChange.Asked<?> asked) {
        Changing change = asked.change();
        return Tuple.of(change.tenant(), change.conversation(), change.actor());
    }

    Future<Created> create(Create asked) {
        ConversationRules.requireFit(asked.conversation());
        ConversationCreation.Item item =
                ConversationCreation.Item.of(asked.tenant(), asked.creator(), asked.id(), asked.conversation());
        return lane.submit(creation, item).compose(made -> {
            ConversationRules.requireDone(made.outcome(), mostMembers);
            UUID conversation = Objects.requireNonNull(made.id());
            return conversations
                    .get(new Get(asked.tenant(), asked.creator(), conversation))
                    .map(view -> new Created(view, !made.now()));
        });
    }

    Future<Provisioned> provision(Provision asked) {
        ConversationRules.requireFit(asked.conversations());
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
        return creation.provision(database, items.subList(0, size)).compose(made -> {
            made.stream().map(this::provisioned).forEach(done::add);
            return inParts(items.subList(size, items.size()), done);
        });
    }

    private static ConversationCreation.Item item(NewConversation asked) {
        return ConversationCreation.Item.of(null, null, Objects.requireNonNullElseGet(asked.id(), Ids::next), asked);
    }

    private ProvisionedConversation provisioned(ConversationCreation.Made made) {
        try {
            ConversationRules.requireDone(made.outcome(), mostMembers);
            return new ProvisionedConversation(made.id(), null);
        } catch (AppError refused) {
            return new ProvisionedConversation(null, ItemError.of(refused));
        }
    }

    Future<ConversationView> update(Update asked) {
        ConversationRules.requireName(asked.name());
        return submit(update, asked)
                .compose(done -> conversations.get(new Get(asked.tenant(), asked.actor(), asked.conversation())));
    }

    /** Answers those whom this call has added. */
    Future<Members> addMembers(AddMembers asked) {
        return submit(addMembers, asked)
                .compose(done -> members.announcedBy(asked.conversation(), done.messageId()))
                .map(added -> new Members(added, null));
    }

    Future<Nothing> removeMember(RemoveMember asked) {
        return submit(removeMember, asked).map(done -> Nothing.NOTHING);
    }

    Future<MemberView> updateMember(UpdateMember asked) {
        return submit(updateMember, asked).compose(done -> members.get(asked.conversation(), asked.user()));
    }

    /** Fails unless what was asked for is so in the end. */
    private <C extends Changing> Future<ConversationChange.Asked<C>> submit(ConversationChange<C> kind, C change) {
        ConversationChange.Asked<C> asked = new ConversationChange.Asked<>(change, Ids.next());
        return lane.submit(kind, asked).map(result -> {
            ConversationRules.requireDone(result.outcome(), mostMembers);
            return asked;
        });
    }
}
