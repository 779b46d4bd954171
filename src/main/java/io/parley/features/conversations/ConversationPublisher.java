package io.parley.features.conversations;

import io.parley.bus.Bus;
import io.parley.bus.Closing;
import io.parley.bus.Frame;
import io.parley.bus.PersonalFrame;
import io.parley.features.conversations.ConversationActions.Changing;
import io.parley.features.conversations.ConversationChange.Member;
import io.parley.features.conversations.ConversationChange.Result;
import io.parley.features.messages.MessageEvents;
import io.parley.features.messages.MessageView;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
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

    void created(ConversationCreation.Made made) {
        created(Objects.requireNonNull(made.settings()), made.members());
    }

    /** @param followers those it begins with */
    public void threadOpened(UUID thread, ConversationSettings.Parent parent, UUID actor, List<Member> followers) {
        Instant createdAt = Objects.requireNonNull(view(followers.getFirst()).joinedAt());
        created(
                ConversationSettings.ofThread(thread, parent, actor, createdAt, followers.size()),
                followers.stream()
                        .map(one -> new ConversationCreation.Gainer(one.user(), "member", userVersion(one)))
                        .toList());
    }

    private void created(ConversationSettings settings, List<ConversationCreation.Gainer> gainers) {
        UUID conversation = settings.id();
        List<Frame.Joining> joining = gainers.stream()
                .map(gainer -> new Frame.Joining(gainer.user(), gainer.userVersion()))
                .toList();
        Buffer bytes = ConversationEvents.created(
                settings,
                gainers.stream()
                        .map(gainer -> new MemberName(gainer.user(), gainer.role()))
                        .toList());
        bus.events().publish(new Frame(conversation, 1, 0, joining, List.of(), bytes, 0));
        gainers.forEach(gainer -> gained(conversation, gainer.user(), gainer.userVersion(), 0, 1, gainer.role()));
    }

    void changed(Changing asked, Result done) {
        bus.events().publish(frame(asked, done));
        announce(done.message());
        for (Member member : done.members()) {
            if (done.event().equals(ConversationEvents.MEMBER_ADDED)) {
                gained(
                        asked.conversation(),
                        member.user(),
                        userVersion(member),
                        done.lastNumber(),
                        done.version(),
                        Objects.requireNonNull(view(member).role()));
            } else if (done.event().equals(ConversationEvents.MEMBER_REMOVED)) {
                lost(asked.conversation(), member, done.version());
            }
        }
    }

    private static Frame frame(Changing asked, Result done) {
        UUID conversation = asked.conversation();
        long version = done.version();
        List<MemberView> views = done.members().stream()
                .map(Member::view)
                .filter(Objects::nonNull)
                .toList();
        return switch (done.event()) {
            case ConversationEvents.MEMBER_ADDED -> {
                List<Frame.Joining> joining = done.members().stream()
                        .map(member -> new Frame.Joining(member.user(), userVersion(member)))
                        .toList();
                Buffer bytes = ConversationEvents.memberAdded(conversation, version, views, asked.actor());
                yield new Frame(conversation, version, done.lastNumber(), joining, List.of(), bytes, 0);
            }
            case ConversationEvents.MEMBER_REMOVED -> {
                List<UUID> leaving = done.members().stream().map(Member::user).toList();
                Buffer bytes = ConversationEvents.memberRemoved(conversation, version, leaving, asked.actor());
                yield new Frame(conversation, version, done.lastNumber(), List.of(), leaving, bytes, 0);
            }
            case ConversationEvents.MEMBER_UPDATED ->
                Frame.of(
                        conversation,
                        version,
                        done.lastNumber(),
                        ConversationEvents.memberUpdated(conversation, version, views, asked.actor()),
                        0);
            case ConversationEvents.UPDATED ->
                Frame.of(
                        conversation,
                        version,
                        done.lastNumber(),
                        ConversationEvents.updated(
                                conversation, version, Objects.requireNonNull(done.changed()), asked.actor()),
                        0);
            case ConversationEvents.DELETED ->
                Frame.ending(
                        conversation, version, done.lastNumber(), ConversationEvents.deleted(conversation, version));
            default -> throw new IllegalStateException("unknown event " + done.event());
        };
    }

    private static long userVersion(Member member) {
        return Objects.requireNonNull(member.userVersion());
    }

    private static MemberView view(Member member) {
        return Objects.requireNonNull(member.view());
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
        PersonalFrame.Gained gained = new PersonalFrame.Gained(conversation, lastVersion, lastNumber + 1);
        bus.events().publish(new PersonalFrame(user, userVersion, Closing.NONE, gained, bytes));
    }

    private void lost(UUID conversation, Member member, long version) {
        long userVersion = userVersion(member);
        Buffer bytes = ConversationEvents.lost(conversation, userVersion, version);
        bus.events().publish(new PersonalFrame(member.user(), userVersion, false, bytes));
    }
}
