package io.parley;

/** Why the node does not start, in one line for the operator. */
final class StartFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StartFailure(String reason) {
        super(reason, null, false, false);
    }
}
