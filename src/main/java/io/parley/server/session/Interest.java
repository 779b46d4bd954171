package io.parley.server.session;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Which session loops want a conversation, kept by the hub. An interest is granted by the hub and only given up by
 * its sweep: the hub asks a loop what it no longer uses, and what was granted after the question stays, so that an
 * event on its way to a loop never finds the door closed behind it.
 */
final class Interest {
    private static final int NONE = 0;

    /** For each loop the sweep in which it was last granted. */
    private int[] grantedAt = {};

    /** @param sweep counts from 1 */
    void grant(int loop, int sweep) {
        if (loop >= grantedAt.length) {
            grantedAt = Arrays.copyOf(grantedAt, loop + 1);
        }
        grantedAt[loop] = sweep;
    }

    /** The loop did not use it when it was asked in {@code sweep}. */
    void release(int loop, int sweep) {
        if (has(loop) && grantedAt[loop] <= sweep) {
            grantedAt[loop] = NONE;
        }
    }

    boolean has(int loop) {
        return loop < grantedAt.length && grantedAt[loop] != NONE;
    }

    boolean none() {
        for (int granted : grantedAt) {
            if (granted != NONE) {
                return false;
            }
        }
        return true;
    }

    void each(IntConsumer loop) {
        for (int i = 0; i < grantedAt.length; i++) {
            if (grantedAt[i] != NONE) {
                loop.accept(i);
            }
        }
    }
}
