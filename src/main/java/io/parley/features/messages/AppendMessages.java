package io.parley.features.messages;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.bus.Bus;
import io.parley.bus.Frame;
import io.parley.server.persistence.Change;
import io.parley.server.persistence.Database;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The send path: many messages in one call of {@code append_messages}, which locks their conversations and numbers
 * them; then, for each, one frame built and published.
 */
final class AppendMessages implements Change<AppendMessages.Draft, AppendMessages.Appended> {
    private static final int MAX_BATCH = 256;

    private static final String APPEND = "SELECT outcome, number, version, counted, created_at, retry_ms"
            + " FROM append_messages($1, $2, $3, $4, $5, $6, $7) ORDER BY ord";

    private final Bus bus;
    private final BiConsumer<Draft, Appended> onStored;

    /** @param onStored called for each message that was stored now, after it was published */
    AppendMessages(Bus bus, BiConsumer<Draft, Appended> onStored) {
        this.bus = bus;
        this.onStored = onStored;
    }

    /**
     * A message that has passed the rules.
     *
     * @param fields of its content, without what must be looked up
     */
    record Draft(MessageActions.Send send, Map<String, JsonNode> fields, Buffer fingerprint) {}

    /**
     * @param outcome as of {@code append_messages}; number to createdAt are given for ok and duplicate
     * @param retryMs given for slow
     * @param content what it consists of; of a duplicate what it would
     */
    record Appended(
            String outcome,
            long number,
            long version,
            long counted,
            @Nullable Instant createdAt,
            long retryMs,
            References.Content content) {
        boolean stored() {
            return outcome.equals("ok");
        }

        static Appended refused(References.Content content) {
            return new Appended("refused", 0, 0, 0, null, 0, content);
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
        String text = draft.send().draft().text();
        return text == null ? 0 : text.length();
    }

    @Override
    public Object key(Draft draft) {
        return new Key(draft.send().conversation(), draft.send().id());
    }

    @Override
    public Future<List<Appended>> apply(Database database, List<Draft> batch) {
        return References.resolve(database, batch).compose(contents -> append(database, batch, contents));
    }

    private static Future<List<Appended>> append(
            Database database, List<Draft> batch, List<References.Content> contents) {
        int[] fit = IntStream.range(0, batch.size())
                .filter(i -> contents.get(i).refused() == null)
                .toArray();
        if (fit.length == 0) {
            return Future.succeededFuture(
                    contents.stream().map(Appended::refused).toList());
        }
        return database.query(APPEND, parameters(batch, contents, fit)).map(rows -> {
            List<Appended> results =
                    contents.stream().map(Appended::refused).collect(Collectors.toCollection(ArrayList::new));
            int place = 0;
            for (Row row : rows) {
                int i = fit[place++];
                results.set(i, result(row, contents.get(i)));
            }
            return results;
        });
    }

    private static Tuple parameters(List<Draft> batch, List<References.Content> contents, int[] fit) {
        int size = fit.length;
        UUID[] tenants = new UUID[size];
        UUID[] conversations = new UUID[size];
        UUID[] senders = new UUID[size];
        UUID[] ids = new UUID[size];
        String[] types = new String[size];
        String[] texts = new String[size];
        Buffer[] fingerprints = new Buffer[size];
        for (int i = 0; i < size; i++) {
            Draft draft = batch.get(fit[i]);
            References.Content content = contents.get(fit[i]);
            tenants[i] = draft.send().tenant();
            conversations[i] = draft.send().conversation();
            senders[i] = draft.send().sender();
            ids[i] = draft.send().id();
            types[i] = content.type();
            texts[i] = Json.text(content.fields());
            fingerprints[i] = draft.fingerprint();
        }
        return Tuple.tuple()
                .addArrayOfUUID(tenants)
                .addArrayOfUUID(conversations)
                .addArrayOfUUID(senders)
                .addArrayOfUUID(ids)
                .addArrayOfString(types)
                .addArrayOfString(texts)
                .addArrayOfBuffer(fingerprints);
    }

    private static Appended result(Row row, References.Content content) {
        String outcome = row.getString("outcome");
        return row.getLong("number") == null
                ? new Appended(outcome, 0, 0, 0, null, Objects.requireNonNullElse(row.getLong("retry_ms"), 0L), content)
                : new Appended(
                        outcome,
                        row.getLong("number"),
                        row.getLong("version"),
                        row.getLong("counted"),
                        row.getOffsetDateTime("created_at").toInstant(),
                        0,
                        content);
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
                result.content().type(),
                result.content().fields(),
                Objects.requireNonNull(result.createdAt()),
                null,
                null);
    }
}
