package io.parley.server.session;

import io.parley.bus.Bus;
import io.parley.server.auth.Authenticator;
import io.parley.support.Config;
import io.parley.support.Metrics;
import io.vertx.core.internal.ContextInternal;

/** What all connections of one session verticle share; everything in it belongs to that verticle's event loop. */
record SessionServices(
        ContextInternal context,
        Config.Session limits,
        SessionLoop loop,
        Hub hub,
        Flusher flusher,
        Entrance entrance,
        CommandRouter router,
        Bus bus,
        Authenticator authenticator,
        Metrics metrics) {}
