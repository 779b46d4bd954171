package io.parley.server.session;

import io.parley.bus.Bus;
import io.parley.server.auth.Device;
import io.parley.server.auth.Principal;
import io.vertx.core.buffer.Buffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who gave a command: a session that has said hello. */
public interface Caller {
    Principal principal();

    /** What its client has said of the device, with hello or when the person logged in; null: nothing. */
    default @Nullable Device device() {
        return principal().device();
    }

    /** Id of the session, new for every connection. */
    UUID session();

    Bus bus();

    /** Whether the session gets the events of this conversation: as a member, as far as this node knows. */
    boolean isIn(UUID conversation);

    /**
     * Sends an event that the session may go without.
     *
     * @return false when too much waits for its socket already, or it is over: nothing was sent
     */
    boolean offer(Buffer event);
}
