package io.parley.features.expiry;

import io.parley.bus.Bus;
import io.parley.bus.Frame;
import io.parley.features.expiry.ExpiryActions.Due;
import io.parley.features.messages.MessageChange;
import io.parley.features.messages.MessageEvents;
import io.parley.features.messages.MessageView;
import io.parley.server.persistence.Change;
import io.parley.server.persistence.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Objects;

/**
 * Messages of one conversation that disappear together: one call, one version, one event. Idempotent: what is gone is
 * not found again.
 */
final class ExpireMessages implements Change<Due, List<MessageChange.Result>> {
    /**
     * A send to the conversation waits while they go: for so many less than a tenth of a second. The event names each of
     * them, in some 15 KB.
     */
    static final int MOST = 50;

    private static final String EXPIRE = "SELECT " + MessageChange.columns("r") + " FROM expire_messages($1, $2, $3) r";

    private final Bus bus;

    ExpireMessages(Bus bus) {
        this.bus = bus;
    }

    @Override
    public String name() {
        return "expire";
    }

    @Override
    public int maxBatch() {
        return 1;
    }

    @Override
    public Object key(Due due) {
        return due.numbers();
    }

    /** When thousands disappear at once, what is said meanwhile does not wait behind them. */
    @Override
    public boolean yields() {
        return true;
    }

    @Override
    public Future<List<List<MessageChange.Result>>> apply(Database database, List<Due> batch) {
        Due due = batch.getFirst();
        Tuple parameters = Tuple.of(due.tenant(), due.conversation())
                .addArrayOfLong(due.numbers().toArray(Long[]::new));
        return database.query(EXPIRE, parameters)
                .map(rows -> List.of(rows.stream().map(MessageChange::result).toList()));
    }

    @Override
    public void committed(List<Due> asked, List<List<MessageChange.Result>> results) {
        results.stream().filter(gone -> !gone.isEmpty()).forEach(this::publish);
    }

    private void publish(List<MessageChange.Result> gone) {
        List<MessageView> tombstones = gone.stream()
                .map(MessageChange.Result::message)
                .map(Objects::requireNonNull)
                .toList();
        MessageView first = tombstones.getFirst();
        bus.events()
                .publish(Frame.of(
                                first.conversation(),
                                first.version(),
                                gone.getFirst().lastNumber(),
                                MessageEvents.expired(tombstones),
                                0)
                        .from(gone.getFirst().oldest()));
        gone.stream().map(MessageChange.Result::ended).filter(Objects::nonNull).forEach(thread -> thread.publish(bus));
    }
}
