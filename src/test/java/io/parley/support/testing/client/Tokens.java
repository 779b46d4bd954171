package io.parley.support.testing.client;

import io.vertx.core.Future;

/** Where a client gets its access token. */
public interface Tokens {
    /** One that is believed to be good. */
    Future<String> current();

    /** A new one, because the last was refused or is about to expire. */
    Future<String> renew();
}
