package io.parley.features.polls;

import io.parley.bus.Bus;
import io.parley.features.polls.PollActions.Close;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.vertx.core.Future;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes polls whose time has come, on one of all nodes. Nobody's vote depends on it: from its time on a poll takes none.
 * Closing is a change of the message and ends the poll's waiting in the same transaction; so it is done once, whichever
 * nodes die, and found again as long as it is not done.
 */
final class PollClosing {
    private static final Logger LOG = LoggerFactory.getLogger(PollClosing.class);
    private static final int AT_ONCE = 200;

    private final Bus bus;
    private final PollStore store;

    PollClosing(Bus bus, PollStore store) {
        this.bus = bus;
        this.store = store;
    }

    Future<Void> step() {
        return store.due(AT_ONCE).compose(this::close);
    }

    private Future<Void> close(List<Close> due) {
        return Future.join(due.stream().map(this::close).toList()).mapEmpty();
    }

    private Future<Void> close(Close poll) {
        return bus.ask(PollActions.CLOSE, poll.conversation(), poll)
                .<Void>mapEmpty()
                .recover(failure -> {
                    if (!(failure instanceof AppError refused && refused.code() == ErrorCode.NOT_FOUND)) {
                        LOG.warn("poll {} is closed later: {}", poll.message(), failure.toString());
                    }
                    return Future.succeededFuture();
                });
    }
}
