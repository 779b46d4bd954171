package io.parley.features.typing;

import io.parley.bus.Nothing;
import io.parley.server.session.SessionHost;
import java.util.UUID;

/** Typing over the WebSocket. */
final class TypingCommands {
    private TypingCommands() {}

    record Command(UUID conversation, boolean active) {}

    static void mount(SessionHost host, TypingLoop loop) {
        host.listen(loop);
        host.command(
                "typing",
                Command.class,
                (caller, command) -> loop.typing(caller, command.conversation(), command.active())
                        .map(done -> Nothing.NOTHING));
    }
}
