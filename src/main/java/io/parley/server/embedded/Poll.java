package io.parley.server.embedded;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for what nobody tells us of, such as the end of a process that is not our child. */
final class Poll {

    private static final Duration PAUSE = Duration.ofMillis(10);

    private Poll() {}

    /** Returns when the condition holds, or false when it does not in time. */
    static boolean until(Duration limit, BooleanSupplier condition) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begin > limit.toNanos()) {
                return false;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        return true;
    }
}
