package io.parley.server.session;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The session loops of this node, each with an index that no other has had. Belongs to the hub's context. */
final class Loops {
    private @Nullable SessionLoop[] byIndex = {};

    void add(SessionLoop loop) {
        byIndex = Arrays.copyOf(byIndex, Math.max(byIndex.length, loop.index() + 1));
        byIndex[loop.index()] = loop;
    }

    void remove(SessionLoop loop) {
        byIndex[loop.index()] = null;
    }

    /** Tells a loop something, unless it has gone meanwhile. */
    void tell(int index, Consumer<SessionLoop> what) {
        SessionLoop loop = byIndex[index];
        if (loop != null) {
            what.accept(loop);
        }
    }

    void tellAll(Consumer<SessionLoop> what) {
        for (SessionLoop loop : byIndex) {
            if (loop != null) {
                what.accept(loop);
            }
        }
    }
}
