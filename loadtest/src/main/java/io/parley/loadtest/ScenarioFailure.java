package io.parley.loadtest;

/** The load could not be brought about, so nothing was measured. */
final class ScenarioFailure extends Exception {
    private static final long serialVersionUID = 1L;

    ScenarioFailure(String reason) {
        super(reason);
    }
}
