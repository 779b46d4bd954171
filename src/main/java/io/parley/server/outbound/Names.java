package io.parley.server.outbound;

import io.vertx.core.Future;
import java.util.List;

/** Asks which addresses a host name has. */
@FunctionalInterface
public interface Names {
    /** At least one address, in the order of preference; else {@link Unreachable}. */
    Future<List<byte[]>> addresses(String host);
}
