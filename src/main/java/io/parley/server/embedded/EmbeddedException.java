package io.parley.server.embedded;

/** The embedded servers cannot be had; the message is one line for the operator and says what to look at. */
public final class EmbeddedException extends Exception {

    private static final long serialVersionUID = 1;

    EmbeddedException(String message) {
        super(message);
    }

    EmbeddedException(String message, Throwable cause) {
        super(message, cause);
    }
}
