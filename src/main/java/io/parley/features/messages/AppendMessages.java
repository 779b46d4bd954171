package io.parley.features.messages;

import io.parley.bus.Bus;
import io.parley.bus.Frame;
import io.parley.server.persistence.Change;
import io.parley.server.persistence.Database;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The send path: many messages in one call of {@code append_messages}, which locks their conversations and numbers
 * them; then, for each, one frame built and published.
 */
final class AppendMessages implements Change<AppendMessages.Draft, AppendMessages.Appended> {
    private static final int MAX_BATCH = 256;

    private static final String APPEND = "SELECT outcome, number, version, counted, created_at"
            + " FROM append_messages($1, $2, $3, $4, $5, $6, $7, $8) ORDER BY ord";

    private final Bus bus;
    private final BiConsumer<Draft, Appended> onStored;

    /** @param onStored called for each message that was stored now, after it was published */
    AppendMessages(Bus bus, BiConsumer<Draft, Appended> onStored) {
        this.bus = bus;
        this.onStored = onStored;
    }

    /** A message that has passed the rules. */
    record Draft(MessageActions.Send send, String content, Buffer fingerprint) {}

    /** @param outcome ok, duplicate, conflict or not_found; the rest is given for the first two */
    record Appended(
            String outcome,
            long number,
            long version,
            long counted,
            @Nullable Instant createdAt) {
        boolean stored() {
            return outcome.equals("ok");
        }
    }

    private record Key(UUID conversation, UUID id) {}

    @Override
    public String name() {
        return "append";
    }

    @Override
    public int maxBatch() {
        return MAX_BATCH;
    }

    @Override
    public int bytes(Draft draft) {
        return draft.content().length();
    }

    @Override
    public Object key(Draft draft) {
        return new Key(draft.send().conversation(), draft.send().id());
    }

    @Override
    public Future<List<Appended>> apply(Database database, List<Draft> batch) {
        int size = batch.size();
        UUID[] tenants = new UUID[size];
        UUID[] conversations = new UUID[size];
        UUID[] senders = new UUID[size];
        UUID[] ids = new UUID[size];
        String[] types = new String[size];
        String[] contents = new String[size];
        Buffer[] fingerprints = new Buffer[size];
        for (int i = 0; i < size; i++) {
            Draft draft = batch.get(i);
            tenants[i] = draft.send().tenant();
            conversations[i] = draft.send().conversation();
            senders[i] = draft.send().sender();
            ids[i] = draft.send().id();
            types[i] = draft.send().type();
            contents[i] = draft.content();
            fingerprints[i] = draft.fingerprint();
        }
        // A conversation that is no thread is its own root.
        Tuple parameters = Tuple.tuple()
                .addArrayOfUUID(tenants)
                .addArrayOfUUID(conversations)
                .addArrayOfUUID(conversations)
                .addArrayOfUUID(senders)
                .addArrayOfUUID(ids)
                .addArrayOfString(types)
                .addArrayOfString(contents)
                .addArrayOfBuffer(fingerprints);
        return database.query(APPEND, parameters).map(AppendMessages::results);
    }

    private static List<Appended> results(RowSet<Row> rows) {
        return rows.stream()
                .map(row -> row.getLong("number") == null
                        ? new Appended(row.getString("outcome"), 0, 0, 0, null)
                        : new Appended(
                                row.getString("outcome"),
                                row.getLong("number"),
                                row.getLong("version"),
                                row.getLong("counted"),
                                row.getOffsetDateTime("created_at").toInstant()))
                .toList();
    }

    @Override
    public void committed(List<Draft> drafts, List<Appended> results) {
        List<Frame> frames = new ArrayList<>(drafts.size());
        for (int i = 0; i < drafts.size(); i++) {
            if (results.get(i).stored()) {
                frames.add(frame(drafts.get(i), results.get(i)));
            }
        }
        bus.events().publish(frames);
        for (int i = 0; i < drafts.size(); i++) {
            if (results.get(i).stored()) {
                onStored.accept(drafts.get(i), results.get(i));
            }
        }
    }

    private static Frame frame(Draft draft, Appended result) {
        MessageActions.Send send = draft.send();
        return Frame.of(
                send.conversation(),
                result.version(),
                result.number(),
                MessageEvents.created(view(draft, result)),
                send.askedAtNanos());
    }

    /** The message as sent; call it only for what is stored. */
    static MessageView view(Draft draft, Appended result) {
        MessageActions.Send send = draft.send();
        return new MessageView(
                send.id(),
                send.conversation(),
                result.number(),
                result.version(),
                send.sender(),
                send.type(),
                send.text(),
                null,
                Objects.requireNonNull(result.createdAt()),
                null,
                null);
    }
}
