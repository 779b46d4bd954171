package io.parley.bus;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
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
        wire.appendLong(frame.userVersion());
        putClosing(wire, frame.closing());
        PersonalFrame.Gained gained = frame.gained();
        wire.appendInt(gained == null ? 0 : 1);
        if (gained != null) {
            Wire.putId(wire, gained.conversation());
            wire.appendLong(gained.version()).appendLong(gained.fromNumber());
        }
        Boolean readReceipts = frame.readReceipts();
        wire.appendInt(readReceipts == null ? 0 : readReceipts ? 1 : 2);
        wire.appendInt(frame.bytes().length()).appendBuffer(frame.bytes());
    }

    @Override
    public PersonalFrame decodeFromWire(int position, Buffer buffer) {
        Wire wire = new Wire(position, buffer);
        return new PersonalFrame(
                wire.id(), wire.number(), closing(wire), gained(wire), readReceipts(wire), wire.bytes());
    }

    private static void putClosing(Buffer wire, Closing closing) {
        wire.appendInt(closing.all() ? 1 : 0).appendInt(closing.logins().size());
        closing.logins().forEach(login -> Wire.putId(wire, login));
        Instant until = closing.tokensUntil();
        wire.appendInt(until == null ? 0 : 1);
        if (until != null) {
            // Tokens are issued at whole seconds.
            wire.appendLong(until.getEpochSecond());
        }
    }

    private static Closing closing(Wire wire) {
        boolean all = wire.count() == 1;
        List<UUID> logins =
                IntStream.range(0, wire.count()).mapToObj(login -> wire.id()).toList();
        return new Closing(all, logins, wire.count() == 0 ? null : Instant.ofEpochSecond(wire.number()));
    }

    private static @Nullable Boolean readReceipts(Wire wire) {
        return switch (wire.count()) {
            case 0 -> null;
            case 1 -> true;
            default -> false;
        };
    }

    private static PersonalFrame.@Nullable Gained gained(Wire wire) {
        return wire.count() == 0 ? null : new PersonalFrame.Gained(wire.id(), wire.number(), wire.number());
    }
}
