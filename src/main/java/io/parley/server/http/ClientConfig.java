package io.parley.server.http;

import io.parley.support.Config;
import org.jspecify.annotations.Nullable;

/**
 * What a client must know before anything else, the answer of the operation {@code getConfig}.
 *
 * @param eventsUrl of event streams; null where it is not known
 * @param protocol newest version of the WebSocket's protocol
 * @param registration open or closed
 */
record ClientConfig(String websocketUrl, @Nullable String eventsUrl, int protocol, String registration, Limits limits) {
    private static final int PROTOCOL = 1;

    /** Most people that one request may name, and most items of a page; the contract says the same. */
    private static final int MEMBERS_PER_REQUEST = 1000;

    private static final int PAGE_SIZE = 100;

    record Limits(
            int frameBytes, int textBytes, int membersPerRequest, int groupMembers, int passwordLength, int pageSize) {}

    /** @param clientHost that the client used */
    static ClientConfig of(Config config, SessionUrls session, String clientHost) {
        return new ClientConfig(
                session.webSocket(clientHost),
                session.events(clientHost),
                PROTOCOL,
                config.auth().registration() ? "open" : "closed",
                new Limits(
                        config.session().maxFrameBytes(),
                        config.limits().textBytes(),
                        MEMBERS_PER_REQUEST,
                        config.limits().groupMembers(),
                        config.auth().passwordMinLength(),
                        PAGE_SIZE));
    }
}
