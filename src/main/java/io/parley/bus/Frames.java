package io.parley.bus;

import java.util.List;

/** Events of conversations that were committed together, in their order: what one change costs, they cost once. */
record Frames(List<Frame> all) {}
