package io.parley.support.testing.node;

import java.io.IOException;

/** Signals to processes that tests have started, by number. */
final class Signals {
    private Signals() {}

    static void send(long pid, String signal) {
        try {
            int status = new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IllegalStateException("kill -" + signal + " " + pid + " ended with " + status);
            }
        } catch (IOException failed) {
            throw new IllegalStateException("kill could not be run", failed);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", stop);
        }
    }
}
