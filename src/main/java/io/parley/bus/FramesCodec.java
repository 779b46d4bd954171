package io.parley.bus;

import io.vertx.core.buffer.Buffer;

/** Several frames between nodes, one after another; inside a node they are passed by reference. */
final class FramesCodec extends NamedCodec<Frames, Frames> {
    static final String NAME = "parley-frames";

    FramesCodec() {
        super(NAME);
    }

    @Override
    public void encodeToWire(Buffer wire, Frames frames) {
        wire.appendInt(frames.all().size());
        frames.all().forEach(frame -> FrameCodec.put(wire, frame));
    }

    @Override
    public Frames decodeFromWire(int position, Buffer buffer) {
        return new Frames(FrameCodec.list(new Wire(position, buffer), FrameCodec::read));
    }
}
