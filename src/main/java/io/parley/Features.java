package io.parley;

import io.parley.bus.Peers;
import io.parley.features.accounts.AccountFeature;
import io.parley.features.activity.ActivityFeature;
import io.parley.features.contacts.ContactsFeature;
import io.parley.features.conversations.ConversationsFeature;
import io.parley.features.messages.MessagesFeature;
import io.parley.features.nodes.NodesFeature;
import io.parley.features.presence.PresenceFeature;
import io.parley.features.receipts.ReceiptsFeature;
import io.parley.features.scheduled.ScheduledFeature;
import io.parley.features.threads.ThreadsFeature;
import io.parley.features.typing.TypingFeature;
import io.parley.server.Feature;
import io.parley.support.Config;
import io.parley.support.Metrics;
import java.util.List;

/** The one list of what the product does. */
final class Features {
    private Features() {}

    /**
     * @param accounts made before, because the hosts need to know who calls
     * @param peers for the operator who asks which nodes there are
     */
    static List<Feature> of(Config config, AccountFeature accounts, Peers peers, Metrics metrics) {
        return List.of(
                accounts,
                new ConversationsFeature(config),
                new MessagesFeature(config, metrics),
                new ThreadsFeature(),
                new ScheduledFeature(config),
                new ContactsFeature(config, metrics),
                new ReceiptsFeature(config),
                new PresenceFeature(config, metrics),
                new TypingFeature(config, metrics),
                new ActivityFeature(),
                new NodesFeature(peers));
    }
}
