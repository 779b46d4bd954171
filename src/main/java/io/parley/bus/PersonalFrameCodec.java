package io.parley.bus;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** The same as {@link FrameCodec} for what concerns one person. */
final class PersonalFrameCodec extends NamedCodec<PersonalFrame, PersonalFrame> {
    static final String NAME = "parley-personal-frame";

    PersonalFrameCodec() {
        super(NAME);
    }

    @Override
    public void encodeToWire(Buffer wire, PersonalFrame frame) {
        Wire.putId(wire, frame.user());
        wire.appendLong(frame.userVersion()).appendInt(frame.closing() ? 1 : 0);
        PersonalFrame.Gained gained = frame.gained();
        wire.appendInt(gained == null ? 0 : 1);
        if (gained != null) {
            Wire.putId(wire, gained.conversation());
            wire.appendLong(gained.version());
        }
        wire.appendInt(frame.bytes().length()).appendBuffer(frame.bytes());
    }

    @Override
    public PersonalFrame decodeFromWire(int position, Buffer buffer) {
        Wire wire = new Wire(position, buffer);
        return new PersonalFrame(wire.id(), wire.number(), wire.count() == 1, gained(wire), wire.bytes());
    }

    private static PersonalFrame.@Nullable Gained gained(Wire wire) {
        return wire.count() == 0 ? null : new PersonalFrame.Gained(wire.id(), wire.number());
    }
}
