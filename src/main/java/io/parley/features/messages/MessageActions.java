package io.parley.features.messages;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.bus.Action;
import io.parley.features.conversations.ConversationSettings;
import io.parley.features.conversations.MemberView;
import io.parley.server.auth.Device;
import io.parley.server.auth.Principal;
import io.parley.support.AppError;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What may be asked about messages. */
public final class MessageActions {
    /** Appends a message; answered after its commit. Asked with the conversation as key. */
    public static final Action<Send, Sent> SEND = Action.of("messages.send", Send.class, Sent.class);

    public static final Action<History, Page> HISTORY = Action.of("messages.history", History.class, Page.class);
    public static final Action<Get, Found> GET = Action.of("messages.get", Get.class, Found.class);

    /** Says a message anew. Asked with the conversation as key, as all changes are. */
    public static final Action<Edit, Found> EDIT = Action.of("messages.edit", Edit.class, Found.class);

    /** Deletes a message for everybody. */
    public static final Action<Change, Found> DELETE = Action.of("messages.delete", Change.class, Found.class);

    public static final Action<ListEdits, Edits> EDITS = Action.of("messages.edits", ListEdits.class, Edits.class);

    /** The state of what changed after a version, as far as the person may see it. */
    public static final Action<ChangesSince, Changes> CHANGES =
            Action.of("messages.changes", ChangesSince.class, Changes.class);

    private MessageActions() {}

    /**
     * @param draft with an id
     * @param askedAtNanos {@link System#nanoTime} when the sender's request came in
     * @param client with what it is sent; null: that is not known
     */
    public record Send(
            UUID tenant,
            UUID sender,
            UUID conversation,
            MessageDraft draft,
            long askedAtNanos,
            @Nullable Client client) {
        /** By nobody's client. */
        public Send(UUID tenant, UUID sender, UUID conversation, MessageDraft draft, long askedAtNanos) {
            this(tenant, sender, conversation, draft, askedAtNanos, null);
        }

        /** A plain text, to be sent now. */
        public static Send text(UUID tenant, UUID sender, UUID conversation, UUID id, String text) {
            return new Send(tenant, sender, conversation, MessageDraft.text(id, text), System.nanoTime());
        }

        UUID id() {
            return Objects.requireNonNull(draft.id());
        }
    }

    /** Platform and version of the program that a person uses, as it has said of itself. */
    public record Client(
            @Nullable String platform, @Nullable String version) {
        static @Nullable Client of(@Nullable Device device) {
            return device == null || (device.platform() == null && device.appVersion() == null)
                    ? null
                    : new Client(device.platform(), device.appVersion());
        }
    }

    /** @param repeated the id was sent before, with the same content */
    public record Sent(MessageView message, boolean repeated) {}

    /** At most one of before, after, around; none: the newest. */
    public record History(
            UUID tenant,
            UUID user,
            UUID conversation,
            @Nullable Long before,
            @Nullable Long after,
            @Nullable Long around,
            int limit) {
        private static final int DEFAULT_LIMIT = 50;
        private static final int MOST = 100;

        /**
         * A question as it comes from a client.
         *
         * @throws AppError {@code validation_failed}
         */
        static History asked(
                Principal caller,
                UUID conversation,
                @Nullable Long before,
                @Nullable Long after,
                @Nullable Long around,
                @Nullable Long limit) {
            List<Long> positions =
                    Stream.of(before, after, around).flatMap(Stream::ofNullable).toList();
            if (positions.size() > 1) {
                throw AppError.field("before", "format", "only one of before, after and around may be given");
            }
            if (positions.stream().anyMatch(position -> position < 0)) {
                throw AppError.field(
                        before != null ? "before" : after != null ? "after" : "around",
                        "range",
                        "must not be negative");
            }
            long size = limit == null ? DEFAULT_LIMIT : limit;
            if (size < 1 || size > MOST) {
                throw AppError.field("limit", "range", "must be 1 to " + MOST);
            }
            return new History(caller.tenant(), caller.user(), conversation, before, after, around, (int) size);
        }
    }

    /** @param next for the same parameter; null: nothing more there */
    public record Page(
            List<MessageView> items,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String next) {}

    public record Get(UUID tenant, UUID user, UUID conversation, UUID id) {}

    public record Found(MessageView message) {}

    /** A change of one message that needs nothing more said; {@code actor} is who asks for it. */
    public record Change(UUID tenant, UUID actor, UUID conversation, UUID message) implements MessageChange.Asked {}

    /**
     * @param mentions null: they are found in the text
     * @param preview as of a new message; null leaves it as it is
     */
    public record Edit(
            UUID tenant,
            UUID actor,
            UUID conversation,
            UUID message,
            String text,
            @Nullable List<MessageDraft.NewMention> mentions,
            @Nullable Boolean preview)
            implements MessageChange.Asked {}

    /** @param cursor the {@code next} of the page before */
    public record ListEdits(
            Get message, int limit, @Nullable String cursor) {}

    /** A page of what a message said before, oldest first. */
    public record Edits(
            List<Earlier> items,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String next) {}

    /** @param writtenAt when it was sent or edited to say this */
    public record Earlier(String text, Instant writtenAt) {}

    public record ChangesSince(UUID tenant, UUID user, UUID conversation, long after) {}

    /** As in the contract. */
    public record Changes(
            UUID epoch,
            long version,
            List<MessageView> messages,
            List<MemberView> members,
            @Nullable ConversationSettings conversation,
            boolean more,
            boolean reset) {}
}
