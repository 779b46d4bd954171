package io.parley.bus;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Frames between nodes: what routing needs as plain binary, then the bytes as they are. Inside a node a frame is
 * passed by reference.
 */
final class FrameCodec implements MessageCodec<Frame, Frame> {
    static final String NAME = "parley-frame";

    @Override
    public void encodeToWire(Buffer wire, Frame frame) {
        Wire.putId(wire, frame.conversation());
        wire.appendLong(frame.version()).appendLong(frame.lastNumber());
        putIds(wire, frame.joining());
        putIds(wire, frame.leaving());
        wire.appendInt(frame.bytes().length()).appendBuffer(frame.bytes());
    }

    private static void putIds(Buffer wire, List<UUID> ids) {
        wire.appendInt(ids.size());
        ids.forEach(id -> Wire.putId(wire, id));
    }

    @Override
    public Frame decodeFromWire(int position, Buffer buffer) {
        Wire wire = new Wire(position, buffer);
        // The other node's clock of nanoseconds means nothing here.
        return new Frame(wire.id(), wire.number(), wire.number(), ids(wire), ids(wire), wire.bytes(), 0);
    }

    private static List<UUID> ids(Wire wire) {
        int size = wire.count();
        if (size == 0) {
            return List.of();
        }
        List<UUID> ids = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            ids.add(wire.id());
        }
        return ids;
    }

    @Override
    public Frame transform(Frame frame) {
        return frame;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public byte systemCodecID() {
        return -1;
    }
}
