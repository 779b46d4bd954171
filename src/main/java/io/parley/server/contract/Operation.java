package io.parley.server.contract;

import com.networknt.schema.Schema;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An operation of the contract, ready to be served.
 *
 * @param path below the contract's base path, with parameters in braces
 * @param command by which it is asked for over the WebSocket; null: it is not
 * @param body null when the operation takes none
 */
public record Operation(
        String id,
        HttpMethod method,
        String path,
        Access access,
        @Nullable String command,
        List<Parameter> parameters,
        @Nullable Body body) {

    /** Which server answers. */
    public enum Host {
        HTTP,
        SESSION
    }

    /** Who may call. */
    public enum Access {
        PUBLIC,
        PERSON,
        OPERATOR
    }

    public enum Type {
        TEXT,
        NUMBER,
        FLAG
    }

    /** @param inPath else in the query */
    public record Parameter(String name, boolean inPath, boolean required, Type type, Schema schema) {
        /** Its name in a command. */
        public String field() {
            return OperationCommand.field(name);
        }
    }

    public record Body(boolean required, Schema schema) {}
}
