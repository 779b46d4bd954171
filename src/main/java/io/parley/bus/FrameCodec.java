package io.parley.bus;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

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
        wire.appendInt(frame.joining().size());
        frame.joining().forEach(one -> putJoining(wire, one));
        wire.appendInt(frame.leaving().size());
        frame.leaving().forEach(user -> Wire.putId(wire, user));
        wire.appendInt(frame.bytes().length()).appendBuffer(frame.bytes());
    }

    private static void putJoining(Buffer wire, Frame.Joining one) {
        Wire.putId(wire, one.user());
        wire.appendLong(one.userVersion());
    }

    @Override
    public Frame decodeFromWire(int position, Buffer buffer) {
        Wire wire = new Wire(position, buffer);
        // The other node's clock of nanoseconds means nothing here.
        return new Frame(
                wire.id(),
                wire.number(),
                wire.number(),
                list(wire, FrameCodec::joining),
                list(wire, Wire::id),
                wire.bytes(),
                0);
    }

    private static Frame.Joining joining(Wire wire) {
        return new Frame.Joining(wire.id(), wire.number());
    }

    private static <T> List<T> list(Wire wire, Function<Wire, T> item) {
        int size = wire.count();
        if (size == 0) {
            return List.of();
        }
        List<T> items = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            items.add(item.apply(wire));
        }
        return items;
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
