package io.parley.features.receipts;

import io.parley.support.Json;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.UUID;

/** The events of receipts, as finished frames. */
public final class ReceiptEvents {
    public static final String READ = "read";
    public static final String RECEIPT = "receipt";

    private ReceiptEvents() {}

    private record Read(String type, UUID conversation, long userVersion, long number) {}

    private record Receipt(String type, UUID conversation, UUID user, String kind, long number, Instant at) {}

    /** For the person's own sessions. */
    static Buffer read(UUID conversation, long userVersion, long number) {
        return Json.encode(new Read(READ, conversation, userVersion, number));
    }

    /** For everybody in the conversation. */
    static Buffer receipt(UUID conversation, UUID user, String kind, long number, Instant at) {
        return Json.encode(new Receipt(RECEIPT, conversation, user, kind, number, at));
    }
}
