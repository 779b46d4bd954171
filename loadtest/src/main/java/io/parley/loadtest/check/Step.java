package io.parley.loadtest.check;

/** One load of a run, for all threads: what is planned and what has become of it. */
public record Step(SendPlan plan, Ledger ledger) {
    /** Of a run in this process alone. */
    public static Step of(SendPlan plan) {
        return new Step(plan, new Ledger(plan.count(), false));
    }
}
