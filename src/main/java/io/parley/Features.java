package io.parley;

import io.parley.bus.Peers;
import io.parley.features.accounts.AccountFeature;
import io.parley.features.activity.ActivityFeature;
import io.parley.features.bans.BansFeature;
import io.parley.features.contacts.ContactsFeature;
import io.parley.features.conversations.ConversationsFeature;
import io.parley.features.devices.DevicesFeature;
import io.parley.features.directory.DirectoryFeature;
import io.parley.features.drafts.DraftsFeature;
import io.parley.features.expiry.ExpiryFeature;
import io.parley.features.hiding.HidingFeature;
import io.parley.features.invites.InvitesFeature;
import io.parley.features.locations.LocationsFeature;
import io.parley.features.markdown.MarkdownFeature;
import io.parley.features.messages.MessagesFeature;
import io.parley.features.nodes.NodesFeature;
import io.parley.features.pins.PinsFeature;
import io.parley.features.polls.PollsFeature;
import io.parley.features.presence.PresenceFeature;
import io.parley.features.previews.PreviewsFeature;
import io.parley.features.privacy.PrivacyFeature;
import io.parley.features.reactions.ReactionsFeature;
import io.parley.features.receipts.ReceiptsFeature;
import io.parley.features.roles.RolesFeature;
import io.parley.features.scheduled.ScheduledFeature;
import io.parley.features.search.SearchFeature;
import io.parley.features.settings.SettingsFeature;
import io.parley.features.stars.StarsFeature;
import io.parley.features.streams.StreamsFeature;
import io.parley.features.templates.TemplatesFeature;
import io.parley.features.tenants.TenantsFeature;
import io.parley.features.threads.ThreadsFeature;
import io.parley.features.typing.TypingFeature;
import io.parley.features.viewing.ViewingFeature;
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
                new RolesFeature(),
                new BansFeature(),
                new InvitesFeature(config),
                new DirectoryFeature(),
                new TemplatesFeature(config),
                new MessagesFeature(config, metrics),
                new ThreadsFeature(config),
                new ScheduledFeature(config),
                new ExpiryFeature(metrics),
                new ContactsFeature(config, metrics),
                new ReceiptsFeature(config),
                new ReactionsFeature(config),
                new PinsFeature(config),
                new SettingsFeature(config),
                new HidingFeature(config),
                new StarsFeature(config),
                new DraftsFeature(config),
                new PrivacyFeature(),
                new PollsFeature(),
                new LocationsFeature(config),
                new PresenceFeature(config, metrics),
                new TypingFeature(config, metrics),
                new ViewingFeature(metrics),
                new StreamsFeature(),
                new ActivityFeature(),
                new SearchFeature(),
                new NodesFeature(peers),
                new TenantsFeature(),
                new DevicesFeature(peers, metrics),
                new MarkdownFeature(config),
                new PreviewsFeature(config, metrics));
    }
}
