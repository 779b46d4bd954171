package io.parley.server.session;

import io.parley.bus.Bus;
import io.parley.server.auth.Principal;
import java.util.UUID;

/** Who gave a command: a session that has said hello. */
public interface Caller {
    Principal principal();

    /** Id of the session, new for every connection. */
    UUID session();

    Bus bus();
}
