package io.parley.support.testing.campaign;

/** A probing device was without a session. */
record Absence(long fromNanos, long toNanos) {}
