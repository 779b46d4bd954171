package io.parley.server.session;

import io.parley.support.AppError;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.UUID;

/** The client's opaque form of a {@link HubActions.Position}. */
final class Cursor {
    private static final byte FORMAT = 1;
    private static final int LENGTH = 1 + 4 * Long.BYTES;

    private Cursor() {}

    static String encode(HubActions.Position position) {
        byte[] bytes = ByteBuffer.allocate(LENGTH)
                .put(FORMAT)
                .putLong(position.epoch().getMostSignificantBits())
                .putLong(position.epoch().getLeastSignificantBits())
                .putLong(position.userVersion())
                .putLong(position.fence())
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** @throws AppError {@code validation_failed}: not a cursor of ours */
    static HubActions.Position decode(String text) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
            if (bytes.capacity() == LENGTH && bytes.get() == FORMAT) {
                HubActions.Position position = new HubActions.Position(
                        new UUID(bytes.getLong(), bytes.getLong()), bytes.getLong(), bytes.getLong());
                if (position.userVersion() >= 0 && position.fence() >= 0) {
                    return position;
                }
            }
        } catch (IllegalArgumentException notBase64) {
            // the one error below
        }
        throw AppError.field("cursor", "format", "is not a cursor of this server");
    }
}
