package io.parley.bus;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Frames between nodes: what routing needs as plain binary, then the bytes as they are. Inside a node a frame is
 * passed by reference.
 */
final class FrameCodec extends NamedCodec<Frame, Frame> {
    static final String NAME = "parley-frame";

    FrameCodec() {
        super(NAME);
    }

    @Override
    public void encodeToWire(Buffer wire, Frame frame) {
        put(wire, frame);
    }

    static void put(Buffer wire, Frame frame) {
        Wire.putId(wire, frame.conversation());
        wire.appendLong(frame.version()).appendLong(frame.lastNumber()).appendLong(frame.oldest());
        wire.appendInt(frame.joining().size());
        frame.joining().forEach(one -> putJoining(wire, one));
        putIds(wire, frame.leaving());
        Frame.Passing passing = frame.passing();
        wire.appendInt(passing == null ? 0 : 1);
        wire.appendInt(passing == null || !passing.asked() ? 0 : 1);
        putIds(wire, passing == null || passing.about() == null ? List.of() : List.of(passing.about()));
        wire.appendInt(frame.ending() ? 1 : 0);
        wire.appendInt(frame.readReceipt() ? 1 : 0);
        wire.appendInt(frame.bytes().length()).appendBuffer(frame.bytes());
    }

    private static void putIds(Buffer wire, List<UUID> ids) {
        wire.appendInt(ids.size());
        ids.forEach(id -> Wire.putId(wire, id));
    }

    private static void putJoining(Buffer wire, Frame.Joining one) {
        Wire.putId(wire, one.user());
        wire.appendLong(one.userVersion());
    }

    @Override
    public Frame decodeFromWire(int position, Buffer buffer) {
        return read(new Wire(position, buffer));
    }

    static Frame read(Wire wire) {
        UUID conversation = wire.id();
        long version = wire.number();
        long lastNumber = wire.number();
        long oldest = wire.number();
        List<Frame.Joining> joining = list(wire, FrameCodec::joining);
        List<UUID> leaving = list(wire, Wire::id);
        Frame.Passing passing = passing(wire);
        boolean ending = wire.count() == 1;
        boolean readReceipt = wire.count() == 1;
        // The other node's clock of nanoseconds means nothing here.
        return new Frame(
                conversation,
                version,
                lastNumber,
                joining,
                leaving,
                wire.bytes(),
                0,
                passing,
                ending,
                readReceipt,
                oldest);
    }

    private static Frame.@Nullable Passing passing(Wire wire) {
        boolean passes = wire.count() == 1;
        boolean asked = wire.count() == 1;
        List<UUID> about = list(wire, Wire::id);
        return passes ? new Frame.Passing(about.isEmpty() ? null : about.getFirst(), asked) : null;
    }

    private static Frame.Joining joining(Wire wire) {
        return new Frame.Joining(wire.id(), wire.number());
    }

    static <T> List<T> list(Wire wire, Function<Wire, T> item) {
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
}
