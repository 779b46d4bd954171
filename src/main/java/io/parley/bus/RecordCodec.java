package io.parley.bus;

import io.parley.support.Json;
import io.vertx.core.buffer.Buffer;

/**
 * Passes immutable records by reference inside a node and as JSON bytes between nodes. The receiver of bytes knows
 * from the action which type they are; no class name ever comes from the wire.
 */
final class RecordCodec extends NamedCodec<Record, Object> {
    static final String NAME = "parley-record";

    RecordCodec() {
        super(NAME);
    }

    @Override
    public void encodeToWire(Buffer wire, Record body) {
        Buffer json = Json.encode(body);
        wire.appendInt(json.length()).appendBuffer(json);
    }

    @Override
    public Object decodeFromWire(int position, Buffer wire) {
        int length = wire.getInt(position);
        return wire.getBuffer(position + Integer.BYTES, position + Integer.BYTES + length);
    }
}
