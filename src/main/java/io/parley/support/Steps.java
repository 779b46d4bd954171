package io.parley.support;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;

/**
 * Work in any number of steps, one after the other. Not a chain of futures: when the last of some thousands ended, all
 * would end each other on one stack.
 */
public final class Steps {
    private Steps() {}

    /** @param step answers whether there is more to do; takes time, or else the stack grows after all */
    public static Future<Void> repeat(Supplier<Future<Boolean>> step) {
        Promise<Void> done = Promise.promise();
        go(step, done);
        return done.future();
    }

    private static void go(Supplier<Future<Boolean>> step, Promise<Void> done) {
        Future.succeededFuture().compose(begun -> step.get()).onComplete(ended -> {
            if (ended.failed()) {
                done.fail(ended.cause());
            } else if (ended.result()) {
                go(step, done);
            } else {
                done.complete();
            }
        });
    }
}
