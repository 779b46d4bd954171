package io.parley.support;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;

/** Brings answers home: what belongs to one context is touched on that context only. */
public final class Contexts {
    private Contexts() {}

    /**
     * The same outcome, delivered on the context of the caller. Needed where callers on several event loops share
     * one future, whose own handlers all run on the loop that made it.
     */
    public static <T> Future<T> toCaller(Future<T> shared) {
        if (shared.succeeded()) {
            return Future.succeededFuture(shared.result());
        }
        if (shared.failed()) {
            return Future.failedFuture(shared.cause());
        }
        Context caller = Vertx.currentContext();
        if (caller == null) {
            return shared;
        }
        Promise<T> home = Promise.promise();
        shared.onComplete(outcome -> caller.runOnContext(ignored -> home.handle(outcome)));
        return home.future();
    }
}
