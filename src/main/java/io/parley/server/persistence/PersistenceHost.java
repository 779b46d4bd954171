package io.parley.server.persistence;

import io.parley.bus.Action;
import io.parley.bus.Bus;
import io.vertx.core.Future;
import java.util.function.Function;

/** Where a feature registers the actions that it answers beside the database. */
public interface PersistenceHost {
    /** Reads and single statements that need no order. */
    Database database();

    /** Where the changes of this instance's conversations meet; use it from {@link #answerInLane} only. */
    Lane lane();

    Bus bus();

    /** Answers an action on any instance. */
    <I extends Record, O extends Record> void answer(Action<I, O> action, Function<I, Future<O>> handler);

    /** Answers an action that is asked with a conversation as key, on the instance that owns it. */
    <I extends Record, O extends Record> void answerInLane(Action<I, O> action, Function<I, Future<O>> handler);
}
