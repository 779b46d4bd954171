package io.parley.features.conversations;

import io.parley.bus.Bus;
import io.parley.bus.Frame;
import io.parley.bus.PersonalFrame;
import io.parley.features.conversations.ConversationActions.Update;
import io.parley.features.conversations.ConversationActions.UpdateMember;
import io.parley.features.conversations.ConversationSettings.Parent;
import io.parley.features.messages.MessageEvents;
import io.parley.features.messages.MessageView;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tells of committed changes: first the conversation's events in the order of their versions, then those of the
 * persons whom it concerns.
 */
public final class ConversationPublisher {
    private final Bus bus;

    public ConversationPublisher(Bus bus) {
        this.bus = bus;
    }

    void created(ConversationCreation.Item item, ConversationCreation.Made made) {
        List<ConversationCreation.Gainer> gainers = made.members();
        List<Frame.Joining> joining = gainers.stream()
                .map(gainer -> new Frame.Joining(gainer.user(), gainer.userVersion()))
                .toList();
        ConversationSettings settings = new ConversationSettings(
                item.id(),
                item.type(),
                item.name(),
                item.visibility(),
                item.history(),
                item.creator(),
                Objects.requireNonNull(made.createdAt()),
                gainers.size(),
                null);
        Buffer bytes = ConversationEvents.created(
                settings,
                gainers.stream()
                        .map(gainer -> new MemberName(gainer.user(), gainer.role()))
                        .toList());
        bus.events().publish(new Frame(item.id(), 1, 0, joining, List.of(), bytes, 0));
        gainers.forEach(gainer -> gained(item.id(), gainer.user(), gainer.userVersion(), 0, 1, gainer.role()));
    }

    /** @param done with the followers it begins with */
    public void threadOpened(UUID thread, Parent parent, UUID actor, ConversationChange.Result done) {
        List<Frame.Joining> joining = done.members().stream()
                .map(member -> new Frame.Joining(member.user(), Objects.requireNonNull(member.userVersion())))
                .toList();
        ConversationSettings settings = new ConversationSettings(
                thread,
                "thread",
                null,
                "private",
                "all",
                actor,
                Objects.requireNonNull(done.members().getFirst().joinedAt()),
                done.members().size(),
                parent);
        List<MemberName> followers = done.members().stream()
                .map(member -> new MemberName(member.user(), "member"))
                .toList();
        Buffer bytes = ConversationEvents.created(settings, followers);
        bus.events().publish(new Frame(thread, 1, 0, joining, List.of(), bytes, 0));
        done.members()
                .forEach(member ->
                        gained(thread, member.user(), Objects.requireNonNull(member.userVersion()), 0, 1, "member"));
    }

    public void added(UUID conversation, UUID actor, ConversationChange.Result done) {
        long version = done.version();
        List<Frame.Joining> joining = done.members().stream()
                .map(member -> new Frame.Joining(member.user(), Objects.requireNonNull(member.userVersion())))
                .toList();
        List<MemberView> members =
                done.members().stream().map(member -> member.view(version)).toList();
        Buffer bytes = ConversationEvents.memberAdded(conversation, version, members, actor);
        bus.events().publish(new Frame(conversation, version, done.lastNumber(), joining, List.of(), bytes, 0));
        announce(done.message());
        done.members()
                .forEach(member -> gained(
                        conversation,
                        member.user(),
                        Objects.requireNonNull(member.userVersion()),
                        done.lastNumber(),
                        version,
                        Objects.requireNonNull(member.role())));
    }

    public void removed(UUID conversation, UUID user, UUID actor, ConversationChange.Result done) {
        Buffer bytes = ConversationEvents.memberRemoved(conversation, done.version(), user, actor);
        bus.events()
                .publish(
                        new Frame(conversation, done.version(), done.lastNumber(), List.of(), List.of(user), bytes, 0));
        announce(done.message());
        long userVersion = Objects.requireNonNull(done.members().getFirst().userVersion());
        bus.events()
                .publish(new PersonalFrame(
                        user, userVersion, false, ConversationEvents.lost(conversation, userVersion, done.version())));
    }

    void roleChanged(UpdateMember asked, ConversationChange.Result done) {
        MemberView member = done.members().getFirst().view(done.version());
        bus.events()
                .publish(Frame.of(
                        asked.conversation(),
                        done.version(),
                        done.lastNumber(),
                        ConversationEvents.memberUpdated(asked.conversation(), done.version(), member, asked.actor()),
                        0));
    }

    void renamed(Update asked, ConversationChange.Result done) {
        bus.events()
                .publish(Frame.of(
                        asked.conversation(),
                        done.version(),
                        done.lastNumber(),
                        ConversationEvents.renamed(asked.conversation(), done.version(), asked.name(), asked.actor()),
                        0));
        announce(done.message());
    }

    private void announce(@Nullable MessageView message) {
        if (message != null) {
            bus.events()
                    .publish(Frame.of(
                            message.conversation(),
                            message.version(),
                            message.number(),
                            MessageEvents.created(message),
                            0));
        }
    }

    private void gained(
            UUID conversation, UUID user, long userVersion, long lastNumber, long lastVersion, String role) {
        Buffer bytes = ConversationEvents.gained(conversation, userVersion, lastNumber, lastVersion, role);
        PersonalFrame.Gained gained = new PersonalFrame.Gained(conversation, lastVersion);
        bus.events().publish(new PersonalFrame(user, userVersion, false, gained, bytes));
    }
}
