package io.parley.server.session;

import io.parley.server.limits.Limits;
import io.vertx.core.Future;
import java.util.function.BiFunction;

/** Where a feature registers the commands that it answers. */
public interface SessionHost {
    /**
     * @param type of the command in the AsyncAPI document
     * @param input the command's fields without {@code type} and {@code id}; unknown fields are refused
     * @param handler called on the session's event loop, one after another in the order of the frames
     */
    <I extends Record> void command(
            String type, Class<I> input, BiFunction<Caller, I, ? extends Future<? extends Record>> handler);

    /** What callers may still do, where only the feature knows what they do. */
    Limits limits();

    /** Tells the feature of this event loop's sessions. */
    void listen(SessionListener listener);
}
