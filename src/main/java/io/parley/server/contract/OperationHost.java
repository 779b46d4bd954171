package io.parley.server.contract;

import io.vertx.core.Future;
import java.util.function.Function;

/** Where a feature registers the operations of the contract that it answers. */
public interface OperationHost {
    /**
     * @param operationId of the OpenAPI document; an unknown one fails the start
     * @param handler called on the event loop with a request that has passed the contract's checks
     */
    void operation(String operationId, Function<Call, Future<Answer>> handler);
}
