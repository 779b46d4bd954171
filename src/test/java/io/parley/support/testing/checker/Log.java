package io.parley.support.testing.checker;

import java.util.List;
import java.util.UUID;

/** A history that no longer grows. */
record Log(String device, UUID user, List<Entry> entries) {}
