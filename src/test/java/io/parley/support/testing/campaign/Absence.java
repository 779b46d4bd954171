package io.parley.support.testing.campaign;

/** A probing device was without a session. */
record Absence(String device, long fromNanos, long toNanos) {}
