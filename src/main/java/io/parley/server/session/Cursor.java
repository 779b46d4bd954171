package io.parley.server.session;

import io.parley.support.AppError;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The client's opaque form of a {@link HubActions.Position}. That of a poll says besides up to which event of which
 * session the client has got, as long as the session is there; anywhere else it is a cursor like any other.
 */
final class Cursor {
    private static final byte FORMAT = 1;
    private static final int LENGTH = 1 + 4 * Long.BYTES;
    private static final byte OF_A_POLL = 2;
    private static final int LENGTH_OF_A_POLL = LENGTH + 3 * Long.BYTES;

    private Cursor() {}

    /** @param event number of the last one that goes with this cursor, counted by the session */
    record Kept(UUID session, long event) {}

    static String encode(HubActions.Position position) {
        byte[] bytes = new byte[LENGTH];
        put(position, ByteBuffer.wrap(bytes).put(FORMAT));
        return text(bytes);
    }

    static String encode(HubActions.Position position, Kept kept) {
        byte[] bytes = new byte[LENGTH_OF_A_POLL];
        put(position, ByteBuffer.wrap(bytes).put(OF_A_POLL))
                .putLong(kept.session().getMostSignificantBits())
                .putLong(kept.session().getLeastSignificantBits())
                .putLong(kept.event());
        return text(bytes);
    }

    private static ByteBuffer put(HubActions.Position position, ByteBuffer bytes) {
        return bytes.putLong(position.epoch().getMostSignificantBits())
                .putLong(position.epoch().getLeastSignificantBits())
                .putLong(position.userVersion())
                .putLong(position.fence());
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** @throws AppError {@code validation_failed}: not a cursor of ours */
    static HubActions.Position decode(String text) {
        ByteBuffer bytes = bytes(text);
        HubActions.Position position =
                new HubActions.Position(new UUID(bytes.getLong(), bytes.getLong()), bytes.getLong(), bytes.getLong());
        if (position.userVersion() < 0 || position.fence() < 0) {
            throw refused();
        }
        return position;
    }

    /**
     * What the cursor of a poll says besides; null when it is another one.
     *
     * @throws AppError {@code validation_failed}: not a cursor of ours
     */
    static @Nullable Kept kept(String text) {
        ByteBuffer bytes = bytes(text);
        return bytes.capacity() == LENGTH_OF_A_POLL
                ? new Kept(
                        new UUID(bytes.getLong(LENGTH), bytes.getLong(LENGTH + Long.BYTES)),
                        bytes.getLong(LENGTH + 2 * Long.BYTES))
                : null;
    }

    /** Behind the format. */
    private static ByteBuffer bytes(String text) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
            byte format = switch (bytes.capacity()) {
                case LENGTH -> FORMAT;
                case LENGTH_OF_A_POLL -> OF_A_POLL;
                default -> 0;
            };
            if (format != 0 && bytes.get() == format) {
                return bytes;
            }
        } catch (IllegalArgumentException notBase64) {
            // the one error below
        }
        throw refused();
    }

    private static AppError refused() {
        return AppError.field("cursor", "format", "is not a cursor of this server");
    }
}
