package io.parley.server.http;

import com.networknt.schema.Schema;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An operation of the contract, ready to be served.
 *
 * @param path below the contract's base path, with parameters in braces
 * @param body null when the operation takes none
 */
record Operation(
        String id,
        HttpMethod method,
        String path,
        Access access,
        List<Parameter> parameters,
        @Nullable Body body) {

    /** Who may call. */
    enum Access {
        PUBLIC,
        PERSON,
        OPERATOR
    }

    enum Type {
        TEXT,
        NUMBER,
        FLAG
    }

    /** @param inPath else in the query */
    record Parameter(String name, boolean inPath, boolean required, Type type, Schema schema) {}

    record Body(boolean required, Schema schema) {}
}
