package io.parley.features.conversations;

import io.parley.server.Feature;
import io.parley.server.contract.OperationHost;
import io.parley.server.jobs.JobsHost;
import io.parley.server.persistence.PersistenceHost;
import io.parley.server.session.HubActions;
import io.parley.support.Config;

/** Conversations and members: what they hand to each host. */
public final class ConversationsFeature implements Feature {
    private static final long BRING_BACK_EVERY_MS = 2_000;
    private static final long PURGE_EVERY_MS = 60_000;

    private final Config config;

    public ConversationsFeature(Config config) {
        this.config = config;
    }

    @Override
    public void persistence(PersistenceHost host) {
        Config.Limits limits = config.limits();
        ConversationStore conversations = new ConversationStore(host.database(), limits.restoreDays());
        MemberStore members = new MemberStore(host.database());
        HubStore hub = new HubStore(host.database());
        ConversationService service = new ConversationService(host, conversations, members, limits);
        host.answerInLane(ConversationActions.CREATE, service::create);
        host.answer(ConversationActions.PROVISION, service::provision);
        host.answerInLane(ConversationActions.UPDATE, service::update);
        host.answerInLane(ConversationActions.ADD_MEMBERS, service::addMembers);
        host.answerInLane(ConversationActions.REMOVE_MEMBER, service::removeMember);
        host.answerInLane(ConversationActions.UPDATE_MEMBER, service::updateMember);
        host.answerInLane(ConversationActions.TRANSFER_OWNERSHIP, service::transferOwnership);
        host.answerInLane(ConversationActions.DELETE, service::delete);
        host.answerInLane(ConversationActions.RESTORE, service::restore);
        host.answer(ConversationActions.GET, conversations::get);
        host.answer(ConversationActions.LIST, conversations::list);
        host.answer(ConversationActions.LIST_MEMBERS, members::list);
        host.answer(HubActions.MEMBERSHIPS, hub::memberships);
        host.answer(HubActions.HEADS, hub::heads);
        host.answer(HubActions.PERSONAL_REPAIR, hub::personalRepair);
        host.answer(HubActions.VERSIONS, hub::versions);
    }

    @Override
    public void operations(OperationHost host) {
        ConversationRoutes.mount(host);
    }

    @Override
    public void jobs(JobsHost host) {
        Endings endings = new Endings(host.database(), config.limits().restoreDays());
        host.onceEvery("bring-back", BRING_BACK_EVERY_MS, endings::bringBack);
        host.onceEvery("purge-conversations", PURGE_EVERY_MS, endings::purge);
    }
}
