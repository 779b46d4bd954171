package io.parley.loadtest;

/** A kind of load. */
interface Scenario {
    /** @return whether all invariants held */
    boolean run() throws ScenarioFailure;
}
