package io.parley.loadtest.run;

/** The load could not be brought about, so nothing was measured. */
public final class ScenarioFailure extends Exception {
    private static final long serialVersionUID = 1L;

    public ScenarioFailure(String reason) {
        super(reason);
    }
}
