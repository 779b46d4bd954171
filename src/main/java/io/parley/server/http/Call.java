package io.parley.server.http;

import io.parley.bus.Bus;
import io.parley.server.auth.Principal;
import java.util.Optional;
import java.util.UUID;

/** One request to an operation. Parameters have passed the contract; bodies are read into records. */
public interface Call {
    /** The caller; only for operations that the contract secures with a person's token. */
    Principal principal();

    /** The network address of the client, behind trusted proxies the one they name. */
    String address();

    /** The host name that the client used, for finding the tenant. */
    String host();

    /** A path parameter that is an id. */
    UUID id(String name);

    Optional<String> query(String name);

    /** A numeric query parameter, checked by the contract. */
    Optional<Long> number(String name);

    /**
     * The body as a record.
     *
     * @throws io.parley.support.AppError {@code validation_failed} when it does not fit
     */
    <T> T body(Class<T> type);

    Bus bus();
}
