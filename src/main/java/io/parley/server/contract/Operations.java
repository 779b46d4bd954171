package io.parley.server.contract;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Function;

/** Collects the handlers that features register; each operation of the contract must get exactly one. */
public final class Operations implements OperationHost {
    private final Map<String, Function<Call, Future<Answer>>> handlers = new HashMap<>();
    private final List<String> problems = new ArrayList<>();

    @Override
    public void operation(String operationId, Function<Call, Future<Answer>> handler) {
        if (handlers.put(operationId, handler) != null) {
            problems.add("operation " + operationId + " has two handlers");
        }
    }

    /** The handler of an operation, once {@link #check} has passed. */
    public Function<Call, Future<Answer>> handler(Operation operation) {
        return Objects.requireNonNull(handlers.get(operation.id()));
    }

    /**
     * @throws IllegalStateException when the handlers do not match the contract, saying all that is wrong
     */
    public void check(Contract contract) {
        TreeSet<String> missing =
                new TreeSet<>(contract.operations().stream().map(Operation::id).toList());
        missing.removeAll(handlers.keySet());
        missing.forEach(id -> problems.add("operation " + id + " has no handler"));
        TreeSet<String> unknown = new TreeSet<>(handlers.keySet());
        contract.operations().forEach(operation -> unknown.remove(operation.id()));
        unknown.forEach(id -> problems.add("there is no operation " + id + " in the contract"));
        if (!problems.isEmpty()) {
            throw new IllegalStateException(String.join("; ", problems));
        }
    }
}
