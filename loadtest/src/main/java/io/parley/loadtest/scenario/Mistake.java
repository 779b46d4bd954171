package io.parley.loadtest.scenario;

/** What the user has written, in a file or on the command line, makes no sense; the message says where. */
public final class Mistake extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Mistake(String reason) {
        super(reason);
    }
}
