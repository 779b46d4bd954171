package io.parley.server.session;

import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Questions about what is lacking, a bounded number of them at a time: after a long pause of the node everything may
 * lack something at once, and the database has others to serve. The others wait in their order. Belongs to the hub's
 * context.
 */
final class Repairs {
    private static final Logger LOG = LoggerFactory.getLogger(Repairs.class);
    private static final int MOST = 32;
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final ArrayDeque<Supplier<Future<?>>> waiting = new ArrayDeque<>();
    private int underWay;
    private int failed;
    private long complainedAt = System.nanoTime() - SILENCE_NANOS;

    /** @param repair begins when its turn has come */
    void add(Supplier<Future<?>> repair) {
        waiting.add(repair);
        next();
    }

    private void next() {
        while (underWay < MOST && !waiting.isEmpty()) {
            underWay++;
            waiting.remove().get().onComplete(done -> {
                underWay--;
                next();
            });
        }
    }

    /** Logs that a repair has failed, or some, for they fail together. */
    void failed(String of, Throwable cause) {
        failed++;
        long now = System.nanoTime();
        if (now - complainedAt >= SILENCE_NANOS) {
            LOG.warn("{} repairs failed, the last one of {}: {}", failed, of, cause.toString());
            complainedAt = now;
            failed = 0;
        }
    }
}
