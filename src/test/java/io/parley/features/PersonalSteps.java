package io.parley.features;

import static io.parley.features.PersistenceLab.TENANT;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.conversations.ConversationActions;
import io.parley.features.conversations.ConversationActions.AddMembers;
import io.parley.features.conversations.ConversationActions.Create;
import io.parley.features.conversations.ConversationActions.End;
import io.parley.features.conversations.ConversationActions.Filter;
import io.parley.features.conversations.ConversationActions.NewConversation;
import io.parley.features.conversations.ConversationActions.RemoveMember;
import io.parley.features.conversations.ConversationView;
import io.parley.features.conversations.ConversationsFeature;
import io.parley.features.drafts.DraftActions;
import io.parley.features.drafts.DraftActions.Begun;
import io.parley.features.drafts.DraftActions.Draft;
import io.parley.features.drafts.DraftsFeature;
import io.parley.features.hiding.HidingActions;
import io.parley.features.hiding.HidingActions.Clear;
import io.parley.features.hiding.HidingActions.Hidden;
import io.parley.features.hiding.HidingActions.Hide;
import io.parley.features.hiding.HidingActions.ListHidden;
import io.parley.features.hiding.HidingFeature;
import io.parley.features.messages.MessageActions;
import io.parley.features.messages.MessageView;
import io.parley.features.messages.MessagesFeature;
import io.parley.features.privacy.PrivacyActions;
import io.parley.features.privacy.PrivacyFeature;
import io.parley.features.receipts.ReceiptActions;
import io.parley.features.receipts.ReceiptActions.Kind;
import io.parley.features.receipts.ReceiptActions.MarkUpTo;
import io.parley.features.receipts.ReceiptsFeature;
import io.parley.features.settings.SettingsActions;
import io.parley.features.settings.SettingsActions.Change;
import io.parley.features.settings.SettingsActions.Pin;
import io.parley.features.settings.SettingsFeature;
import io.parley.features.stars.StarActions;
import io.parley.features.stars.StarActions.Star;
import io.parley.features.stars.StarsFeature;
import io.parley.features.threads.ThreadActions;
import io.parley.features.threads.ThreadActions.ThreadView;
import io.parley.features.threads.ThreadsFeature;
import io.parley.server.Feature;
import io.parley.support.Config;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.parley.support.Metrics;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What people do in tests of what is their own: each step waits until it is done. */
public record PersonalSteps(PersistenceLab lab) {

    /** All that has to do with what is a person's own. */
    public static List<Feature> features(Config config, Metrics metrics) {
        return List.of(
                new ConversationsFeature(config),
                new MessagesFeature(config, metrics),
                new ThreadsFeature(config),
                new ReceiptsFeature(config),
                new SettingsFeature(config),
                new HidingFeature(config),
                new StarsFeature(config),
                new DraftsFeature(config),
                new PrivacyFeature());
    }

    public UUID group(UUID creator, UUID... others) {
        return group("all", creator, others);
    }

    public UUID group(String history, UUID creator, UUID... others) {
        UUID id = Ids.next();
        NewConversation group = new NewConversation(id, "group", "Room", List.of(others), null, history);
        lab.ask(ConversationActions.CREATE, id, new Create(TENANT, creator, id, group));
        return id;
    }

    public void add(UUID owner, UUID room, UUID person) {
        lab.ask(ConversationActions.ADD_MEMBERS, room, new AddMembers(TENANT, owner, room, List.of(person), "member"));
    }

    public void remove(UUID owner, UUID room, UUID person) {
        lab.ask(ConversationActions.REMOVE_MEMBER, room, new RemoveMember(TENANT, owner, room, person));
    }

    public void end(UUID owner, UUID room) {
        lab.ask(ConversationActions.DELETE, room, new End(TENANT, owner, room));
    }

    /** With all its members told. */
    public void restore(UUID owner, UUID room) {
        lab.ask(ConversationActions.RESTORE, room, new End(TENANT, owner, room));
        while (lab.column(Boolean.class, "SELECT bring_back(2)").getFirst()) {
            // the next ones
        }
    }

    public MessageView say(UUID sender, UUID room, String text) {
        return lab.ask(MessageActions.SEND, room, MessageActions.Send.text(TENANT, sender, room, Ids.next(), text))
                .message();
    }

    public void delete(UUID actor, MessageView message) {
        UUID room = message.conversation();
        lab.ask(MessageActions.DELETE, room, new MessageActions.Change(TENANT, actor, room, message.id()));
    }

    public MessageView edit(UUID actor, MessageView message, String text) {
        UUID room = message.conversation();
        return lab.ask(
                        MessageActions.EDIT,
                        room,
                        new MessageActions.Edit(TENANT, actor, room, message.id(), text, List.of(), null))
                .message();
    }

    public ThreadView thread(UUID actor, MessageView message) {
        UUID room = message.conversation();
        return lab.ask(ThreadActions.OPEN, room, new ThreadActions.Open(TENANT, actor, room, message.id(), Ids.next()));
    }

    public void read(UUID person, UUID room, long number) {
        lab.ask(ReceiptActions.MARK, room, new MarkUpTo(TENANT, person, room, Kind.READ, number));
    }

    public JsonNode set(UUID person, UUID room, String patch) {
        return lab.ask(SettingsActions.CHANGE, new Change(TENANT, person, room, json(patch)))
                .all();
    }

    public void pin(UUID person, UUID... rooms) {
        lab.ask(SettingsActions.PIN, new Pin(TENANT, person, List.of(rooms)));
    }

    public void hide(UUID person, MessageView... messages) {
        UUID room = messages[0].conversation();
        List<UUID> ids = Arrays.stream(messages).map(MessageView::id).toList();
        lab.ask(HidingActions.HIDE, new Hide(TENANT, person, room, ids));
    }

    public void clear(UUID person, UUID room, long number) {
        lab.ask(HidingActions.CLEAR, new Clear(TENANT, person, room, number));
    }

    public List<Hidden> hidden(UUID person, long after) {
        return lab.ask(HidingActions.LIST, new ListHidden(TENANT, person, after, 100))
                .items();
    }

    public void star(UUID person, MessageView message, boolean given) {
        lab.ask(
                StarActions.CHANGE,
                new StarActions.Change(TENANT, person, message.conversation(), message.id(), given));
    }

    public List<Star> stars(UUID person) {
        return lab.ask(StarActions.LIST, new StarActions.ListOwn(TENANT, person, 100, null))
                .items();
    }

    /** @param text null: the draft is removed */
    public void draft(UUID person, UUID room, @Nullable String text) {
        Begun begun = text == null ? null : new Begun(text, null);
        lab.ask(DraftActions.SAVE, room, new DraftActions.Save(TENANT, person, room, begun));
    }

    public List<Draft> drafts(UUID person) {
        return lab.ask(DraftActions.LIST, new DraftActions.ListOwn(TENANT, person, 100, null))
                .items();
    }

    public PrivacyActions.Privacy privacy(UUID person) {
        return lab.ask(PrivacyActions.GET, new PrivacyActions.Get(TENANT, person));
    }

    public void readReceipts(UUID person, boolean shared) {
        lab.ask(PrivacyActions.CHANGE, new PrivacyActions.Change(TENANT, person, shared, null, null, null));
    }

    public ConversationView view(UUID person, UUID room) {
        ConversationView view = lab.ask(ConversationActions.GET, new ConversationActions.Get(TENANT, person, room));
        lab.checked("Conversation", view);
        return view;
    }

    public List<UUID> list(UUID person, Filter filter) {
        return lab
                .ask(ConversationActions.LIST, new ConversationActions.ListOwn(TENANT, person, filter, 100, null))
                .items()
                .stream()
                .map(ConversationView::id)
                .toList();
    }

    /** The numbers of what the person reads there, oldest first. */
    public List<Long> history(UUID person, UUID room) {
        MessageActions.History asked = new MessageActions.History(TENANT, person, room, null, null, null, 100);
        return lab.ask(MessageActions.HISTORY, asked).items().stream()
                .map(MessageView::number)
                .toList();
    }

    public long userVersion(UUID person) {
        return lab.number("SELECT user_version FROM user_counters WHERE user_id = ?", person);
    }

    public static JsonNode json(String text) {
        return Json.parse(text.getBytes(StandardCharsets.UTF_8));
    }
}
