package io.parley.support.testing.campaign;

/**
 * A fault that has happened.
 *
 * @param beganNanos by {@link System#nanoTime}
 * @param healedNanos when the last of it was mended; nodes that were started serve
 */
public record FaultRun(PlannedFault fault, long beganNanos, long healedNanos) {}
