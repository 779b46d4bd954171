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
import org.jspecify.annotations.Nullable;

/**
 * The send path: many messages in one call of {@code append_messages}, which locks their conversations and numbers
 * them; then, for each, one frame built and published.
 */
final class AppendMessages implements Change<AppendMessages.Draft, AppendMessages.Appended> {
    private static final int MAX_BATCH = 256;

    private static final String APPEND = "SELECT outcome, number, version, counted, created_at, retry_ms, expires_at"
            + " FROM append_messages($1, $2, $3, $4, $5, $6, $7, $8) ORDER BY ord";

    private final Bus bus;
    private final int mostTextBytes;
    private final BiConsumer<Draft, Appended> onStored;

    /** @param onStored called for each message that was stored now, after it was published */
    AppendMessages(Bus bus, int mostTextBytes, BiConsumer<Draft, Appended> onStored) {
        this.bus = bus;
        this.mostTextBytes = mostTextBytes;
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
     * @param expiresAt when it disappears by itself
     * @param content what it consists of; of a duplicate what it would
     */
    record Appended(
            String outcome,
            long number,
            long version,
            long counted,
            @Nullable Instant createdAt,
            long retryMs,
            @Nullable Instant expiresAt,
            References.Content content) {
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
        MessageDraft said = draft.send().draft();
        if (said.forward() != null) {
            // What it will say is not known yet.
            return mostTextBytes;
        }
        return said.text() == null
                ? draft.fields().values().stream()
                        .mapToInt(field -> field.toString().length())
                        .sum()
                : said.text().length();
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
        return database.query(APPEND, parameters(batch, contents)).map(rows -> {
            List<Appended> results = new ArrayList<>(batch.size());
            for (Row row : rows) {
                results.add(result(row, contents.get(results.size())));
            }
            return results;
        });
    }

    private static Tuple parameters(List<Draft> batch, List<References.Content> contents) {
        int size = batch.size();
        UUID[] tenants = new UUID[size];
        UUID[] conversations = new UUID[size];
        UUID[] senders = new UUID[size];
        UUID[] ids = new UUID[size];
        String[] types = new String[size];
        @Nullable String[] texts = new @Nullable String[size];
        Buffer[] fingerprints = new Buffer[size];
        for (int i = 0; i < size; i++) {
            Draft draft = batch.get(i);
            References.Content content = contents.get(i);
            tenants[i] = draft.send().tenant();
            conversations[i] = draft.send().conversation();
            senders[i] = draft.send().sender();
            ids[i] = draft.send().id();
            types[i] = content.type();
            // Refused only if it is not there already, and by somebody who may send: the database sees to that.
            texts[i] = content.refused() == null ? Json.text(content.fields()) : null;
            fingerprints[i] = draft.fingerprint();
        }
        return Tuple.tuple()
                .addArrayOfUUID(tenants)
                .addArrayOfUUID(conversations)
                .addArrayOfUUID(senders)
                .addArrayOfUUID(ids)
                .addArrayOfString(types)
                .addArrayOfString(texts)
                .addArrayOfBuffer(fingerprints)
                .addValue(lifetimes(batch));
    }

    /** Null where nobody says anything of it, which is nearly always. */
    private static @Nullable Integer @Nullable [] lifetimes(List<Draft> batch) {
        @Nullable Integer[] lifetimes = null;
        for (int i = 0; i < batch.size(); i++) {
            Integer lifetime = batch.get(i).send().draft().disappearAfter();
            if (lifetime != null) {
                lifetimes = lifetimes == null ? new @Nullable Integer[batch.size()] : lifetimes;
                lifetimes[i] = lifetime;
            }
        }
        return lifetimes;
    }

    private static Appended result(Row row, References.Content content) {
        String outcome = row.getString("outcome");
        return row.getLong("number") == null
                ? new Appended(
                        outcome, 0, 0, 0, null, Objects.requireNonNullElse(row.getLong("retry_ms"), 0L), null, content)
                : new Appended(
                        outcome,
                        row.getLong("number"),
                        row.getLong("version"),
                        row.getLong("counted"),
                        row.getOffsetDateTime("created_at").toInstant(),
                        0,
                        MessageRows.nullable(row.getOffsetDateTime("expires_at")),
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
                null,
                result.expiresAt());
    }
}
