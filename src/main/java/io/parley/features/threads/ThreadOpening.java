package io.parley.features.threads;

import io.parley.bus.Bus;
import io.parley.features.conversations.ConversationChange;
import io.parley.features.conversations.ConversationPublisher;
import io.parley.features.conversations.ConversationSettings;
import io.parley.features.messages.MessageChange;
import io.parley.features.messages.MessageChangePublisher;
import io.parley.features.messages.MessageEvents;
import io.parley.features.messages.MessageView;
import io.parley.server.persistence.Change;
import io.parley.server.persistence.Database;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Gives a message a thread, by the function {@code open_thread}: a change of the message, of which its conversation is
 * told, and a conversation of two followers at most.
 */
final class ThreadOpening implements Change<ThreadActions.Open, ThreadOpening.Opened> {
    private static final String OPEN = "SELECT o.thread, o.followers::text AS followers, "
            + MessageChange.columns("o.change") + " FROM open_thread($1, $2, $3, $4, $5, $6) o";

    private final MessageChangePublisher shown;
    private final ConversationPublisher publisher;
    private final int mostFollowed;

    /** @param mostFollowed threads of one conversation, by one person */
    ThreadOpening(Bus bus, int mostFollowed) {
        this.mostFollowed = mostFollowed;
        this.shown = new MessageChangePublisher(bus);
        this.publisher = new ConversationPublisher(bus);
    }

    /**
     * @param thread that the message has now; null if it has none
     * @param followers with the first version of the thread
     */
    record Opened(MessageChange.Result change, @Nullable UUID thread, List<ConversationChange.Member> followers) {}

    @Override
    public String name() {
        return "thread.open";
    }

    @Override
    public int maxBatch() {
        return 1;
    }

    @Override
    public Object key(ThreadActions.Open asked) {
        return asked.message();
    }

    @Override
    public Future<List<Opened>> apply(Database database, List<ThreadActions.Open> batch) {
        ThreadActions.Open asked = batch.getFirst();
        Tuple parameters = Tuple.of(
                asked.tenant(), asked.conversation(), asked.actor(), asked.message(), asked.id(), mostFollowed);
        return database.query(OPEN, parameters)
                .map(rows -> List.of(opened(rows.iterator().next())));
    }

    private static Opened opened(Row row) {
        String followers = row.getString("followers");
        return new Opened(
                MessageChange.result(row),
                row.getUUID("thread"),
                followers == null
                        ? List.of()
                        : List.of(Json.decode(Buffer.buffer(followers), ConversationChange.Member[].class)));
    }

    @Override
    public void committed(List<ThreadActions.Open> asked, List<Opened> results) {
        Opened opened = results.getFirst();
        UUID actor = asked.getFirst().actor();
        MessageView message = opened.change().message();
        if (message != null) {
            shown.publish(opened.change(), message, MessageEvents.updated(message, actor));
        }
        if (opened.thread() != null && !opened.followers().isEmpty()) {
            publisher.threadOpened(
                    opened.thread(),
                    new ConversationSettings.Parent(
                            asked.getFirst().conversation(),
                            Objects.requireNonNull(message).number()),
                    actor,
                    opened.followers());
        }
    }
}
